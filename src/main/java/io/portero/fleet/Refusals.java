package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** What a host refused: how often, and what it refuses at present. For one thread at a time. */
final class Refusals {
    private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    private Optional<Standing> standing = Optional.empty();

    /**
     * What is not taken at present.
     *
     * @param version that was refused, as far as it can be told; or 0
     * @param from where it stands in the store; nothing for the host's own file
     */
    record Standing(Refusal why, long version, Optional<Transport.Slot> from) {}

    /** Whether it is another refusal than the one that stands. */
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

    /** What was refused there is there no more, or is good now. */
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
