package io.portero.trace;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One packet and its path through the tables.
 *
 * @param at when this host received it
 * @param first its headers on arrival
 * @param last its headers when it was last seen, after address translation
 * @param chains the base chains that it passed, in order, for example {@code ip filter FORWARD}
 */
public record TracedPacket(Instant at, Headers first, Headers last, List<String> chains, List<Step> steps) {
    private static final String DELIVERED = "inet portero input";

    public TracedPacket {
        chains = List.copyOf(chains);
        steps = List.copyOf(steps);
    }

    /** What Portero decided; empty if its table did not see the packet. */
    public Optional<Judgement> judgement() {
        return Judgement.of(steps.stream().filter(Step::isOurs).toList());
    }

    /** The step that dropped it. */
    public Optional<Step> drop() {
        return steps.stream().filter(Step::isDrop).findFirst();
    }

    /** What happened to it, as far as the kernel reported. */
    public enum Fate {
        DROPPED,
        /** It passed the chains at hook input, or is about to. */
        DELIVERED,
        FORWARDED,
        /** No chain dropped it, and the kernel did not report where it went. */
        PASSED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public Fate fate() {
        if (drop().isPresent()) {
            return Fate.DROPPED;
        }
        if (!last.out().isEmpty()) {
            return Fate.FORWARDED;
        }
        return chains.contains(DELIVERED) ? Fate.DELIVERED : Fate.PASSED;
    }

    /** Whether its destination was translated on its path. */
    public boolean isTranslated() {
        return !first.to().equals(last.to());
    }

    /** What each base chain of other tables did with it, in order; the last step of each. */
    public List<Step> others() {
        var last = new LinkedHashMap<String, Step>();
        for (var step : steps) {
            if (!step.isOurs() && (!step.leadsOn() || !last.containsKey(step.where()))) {
                last.put(step.where(), step);
            }
        }
        return List.copyOf(last.values());
    }
}
