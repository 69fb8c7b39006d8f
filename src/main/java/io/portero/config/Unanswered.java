package io.portero.config;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Explainer;
import io.portero.policy.Policy;
import io.portero.policy.PolicyTest;
import io.portero.policy.Reference;
import io.portero.policy.Reference.HostName;
import io.portero.policy.Reference.UrlList;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names and the lists on the web that a policy refers to and whose content is not known yet.
 *
 * @param fetched the lists that were fetched at least once, even if they are empty
 */
record Unanswered(Set<UrlList> fetched) {
    Unanswered {
        fetched = Set.copyOf(fetched);
    }

    private Set<Reference> of(Policy policy) {
        var unknown = new TreeSet<Reference>(policy.urlLists().keySet());
        unknown.removeAll(fetched);
        policy.names().forEach((name, addresses) -> {
            if (addresses.isEmpty()) {
                unknown.add(name);
            }
        });
        return unknown;
    }

    private static Set<Reference> over(Policy policy) {
        var over = new TreeSet<Reference>();
        policy.temporary().forEach((member, addresses) -> {
            if (addresses.isEmpty()) {
                over.add(member);
            }
        });
        return over;
    }

    void warn(Policy policy, PolicyDocument document, Findings findings) {
        warn(of(policy), policy, document, findings);
        warn(over(policy), policy, document, findings);
    }

    private static void warn(Set<Reference> all, Policy policy, PolicyDocument document, Findings findings) {
        for (var reference : all) {
            for (var place : policy.places(reference)) {
                var key = policy.groups().containsKey(place) ? "groups." + place : place;
                findings.warning(document.line(key), key, warning(reference, denies(policy, place)));
            }
        }
    }

    /** Whether what is written at this place is denied: a group, or {@code deny} itself. */
    static boolean denies(Policy policy, String place) {
        return place.equals("deny") || policy.deny().groups().contains(place);
    }

    /**
     * A deny list that was never fetched causes only a warning: a remote web server must not decide whether this host
     * works.
     */
    private static String warning(Reference reference, boolean denies) {
        return switch (reference) {
            case HostName name -> name + " has no known address; until it has one, it matches nothing";
            case UrlList list ->
                list + " was never fetched; until then it matches no address"
                        + (denies ? ", and its sources are not denied" : "");
            case Reference.Temporary temporary ->
                "the time of " + temporary.range() + " was over at " + temporary.until()
                        + ", so it is ignored; remove it from the group";
            case Reference.ListFile list -> throw new IllegalStateException(list + " is read with the policy");
        };
    }

    /** Whether a failed test could pass if the unknown names and lists contained its peer. */
    boolean couldFulfil(Policy policy, PolicyTest test) {
        Map<Reference, AddressSet> supposed = new HashMap<>();
        supposed.putAll(policy.names());
        supposed.putAll(policy.urlLists());
        of(policy).forEach(r -> supposed.put(r, AddressSet.of(AddressRange.of(test.peer()))));
        return new Explainer(policy.at(Instant.MIN).with(supposed))
                        .explain(test)
                        .verdict()
                == test.expect();
    }
}
