package io.portero.stage;

import io.portero.policy.Limit;
import io.portero.policy.Policy;
import io.portero.policy.Reference;
import io.portero.policy.Reference.UrlList;
import io.portero.policy.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The parts of a staged policy that the comparison with the policy in force does not cover.
 *
 * @param notCompared parts of a policy in which the two differ: the mode, outgoing, limits
 * @param emptyLists lists on the web that only the staged policy names: the agent fetches those of the policy in force
 */
public record StageGaps(List<String> notCompared, List<String> emptyLists) {
    public static final StageGaps NONE = new StageGaps(List.of(), List.of());

    public StageGaps {
        notCompared = List.copyOf(notCompared);
        emptyLists = List.copyOf(emptyLists);
    }

    /** @param fetched the web lists that the agent has fetched */
    static StageGaps between(Policy inForce, Policy staged, Set<UrlList> fetched) {
        var differing = new ArrayList<String>();
        if (inForce.mode() != staged.mode()) {
            differing.add("mode");
        }
        if (!inForce.outgoing().equals(staged.outgoing())) {
            differing.add("outgoing");
        }
        var services = new TreeSet<>(inForce.services().keySet());
        services.addAll(staged.services().keySet());
        services.stream()
                .filter(name -> !limit(inForce, name).equals(limit(staged, name)))
                .forEach(name -> differing.add("services." + name + ".limit"));
        var unknown = staged.urlLists().keySet().stream()
                .filter(list -> !fetched.contains(list))
                .map(Reference::toString)
                .toList();
        return new StageGaps(differing, unknown);
    }

    private static Optional<Limit> limit(Policy policy, String service) {
        return Optional.ofNullable(policy.services().get(service))
                .filter(Service::enabled)
                .flatMap(Service::limit);
    }

    /** For people; none where nothing is left out. */
    public List<String> sentences() {
        var sentences = new ArrayList<String>();
        if (!notCompared.isEmpty()) {
            sentences.add("The two policies also differ in " + String.join(", ", notCompared)
                    + ". This is not compared; see portero plan FILE.");
        }
        if (!emptyLists.isEmpty()) {
            sentences.add("These lists are empty here: " + String.join(", ", emptyLists) + ". The agent"
                    + " fetches only the lists of the policy in force.");
        }
        return sentences;
    }
}
