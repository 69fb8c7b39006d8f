package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Counts the refusals of a host, and knows the current one. For one thread at a time. */
final class Refusals {
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private Optional<Standing> standing = Optional.empty();

    /**
     * The current refusal.
     *
     * @param version the refused version, or 0 if unknown
     * @param from its place in the store; empty for the host's own file
     */
    record Standing(Refusal why, long version, Optional<Transport.Slot> from) {}

    /** Whether it differs from the current refusal. */
    boolean add(Refusal why, long version, Optional<Transport.Slot> from) {
        counts.merge(why.kind(), 1L, Long::sum);
        boolean isNews =
                standing.filter(s -> s.why().sentence().equals(why.sentence())).isEmpty();
        standing = Optional.of(new Standing(why, version, from));
        return isNews;
    }

    Optional<Standing> standing() {
        return standing;
    }

    /** The refused offer at this place is gone, or is valid now. */
    void forgive(Optional<Transport.Slot> from) {
        standing = standing.filter(s -> !s.from().equals(from));
    }

    void forgiveAll() {
        standing = Optional.empty();
    }

    Map<Kind, Long> counts() {
        return Map.copyOf(counts);
    }

    long count() {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
