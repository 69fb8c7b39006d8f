package io.portero.plan;

import io.portero.plan.Snapshot.ActualRule;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Remembers how the kernel lists each of our rules, by place and comment.
 *
 * <p>nft does not list a rule as it was sent, so the form is learnt from a listing right after our own apply. A rule
 * that was never listed by this version of nft is compared by its comment only.
 */
public record KnownRules(String lister, Map<String, String> bodies) {
    public static final KnownRules NONE = new KnownRules("", Map.of());

    public KnownRules {
        bodies = Collections.unmodifiableMap(new TreeMap<>(bodies));
    }

    /** Learns from a snapshot, which must be taken right after an apply and never at another time. */
    public static KnownRules of(Snapshot snapshot) {
        var bodies = new TreeMap<String, String>();
        snapshot.chains().forEach((name, chain) -> {
            for (int i = 0; i < chain.rules().size(); i++) {
                var rule = chain.rules().get(i);
                bodies.put(place(name, i, rule.comment()), rule.body());
            }
        });
        return new KnownRules(snapshot.lister(), bodies);
    }

    /** Stops trusting the comments of rules in these chains. */
    public static KnownRules distrusting(Snapshot snapshot, Collection<String> chains) {
        var bodies = new TreeMap<String, String>();
        of(snapshot).bodies().keySet().stream()
                .filter(place -> chains.contains(place.substring(0, place.indexOf(' '))))
                .forEach(place -> bodies.put(place, ""));
        return new KnownRules(snapshot.lister(), bodies);
    }

    /** The known forms for listings by this program. */
    KnownRules as(String by) {
        return lister.equals(by) ? this : NONE;
    }

    boolean contradicts(String chain, int index, ActualRule rule) {
        var known = bodies.get(place(chain, index, rule.comment()));
        return known != null && !known.equals(rule.body());
    }

    private static String place(String chain, int index, String comment) {
        return chain + " " + index + " " + comment;
    }
}
