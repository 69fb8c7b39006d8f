package io.portero.trace;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One packet and its way through the tables.
 *
 * @param at when this host heard of it
 * @param first as it came
 * @param last as it was when it was seen last, with what was translated
 * @param chains the base chains that saw it, in order, such as {@code ip filter FORWARD}
 */
public record TracedPacket(Instant at, Headers first, Headers last, List<String> chains, List<Step> steps) {
    private static final String DELIVERED = "inet portero input";

    public TracedPacket {
        chains = List.copyOf(chains);
        steps = List.copyOf(steps);
    }

    /** What Portero decided; nothing when its table did not see the packet. */
    public Optional<Judgement> judgement() {
        return Judgement.of(steps.stream().filter(Step::isOurs).toList());
    }

    /** The step that dropped it. */
    public Optional<Step> drop() {
        return steps.stream().filter(Step::isDrop).findFirst();
    }

    /** What became of it, as far as the kernel told. */
    public enum Fate {
        DROPPED,
        /** It left the chains of hook input to this host itself, or is about to. */
        DELIVERED,
        FORWARDED,
        /** Nobody dropped it, and where it went was not told. */
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

    /** Whether its destination was translated on its way. */
    public boolean isTranslated() {
        return !first.to().equals(last.to());
    }

    /** What each base chain of another table did with it, in order; the last word of each. */
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
