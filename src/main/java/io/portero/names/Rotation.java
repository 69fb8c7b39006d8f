package io.portero.names;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the answers for a name rotate: whether each one has only some of its addresses.
 *
 * <p>Many name servers answer so, to distribute load. An address that is missing in one answer has not left then: to
 * shut it out would cut its calls until the next answer has it again. A name rotates if an address returns within an
 * hour after it was missing. Then its addresses stay until they have been missing for an hour. An address of another
 * name leaves at once.
 *
 * @param seen when each address was last in an answer
 * @param returned when an address last returned; none if that was more than a day ago
 */
record Rotation(Map<Ip, Instant> seen, Optional<Instant> returned) {
    private static final Duration MISSING = Duration.ofHours(1);
    private static final Duration KNOWN = Duration.ofDays(1);

    static final Rotation NONE = new Rotation(Map.of(), Optional.empty());

    Rotation {
        seen = Collections.unmodifiableMap(new TreeMap<>(seen));
    }

    /** The state from before a restart: all addresses count as members of the last answer. */
    static Rotation remembered(Collection<Ip> addresses, Instant answered, Optional<Instant> returned) {
        return NONE.with(addresses, answered, returned);
    }

    private Rotation with(Collection<Ip> addresses, Instant at, Optional<Instant> again) {
        var all = new TreeMap<>(seen);
        addresses.forEach(a -> all.put(a, at));
        return new Rotation(all, again);
    }

    /**
     * The state after an answer.
     *
     * @param last the time of the answer before. Ages are measured to that answer, because nothing is missing while
     * nobody answers, and the clock may have been set
     */
    Rotation after(Collection<Ip> answer, Optional<Instant> last, Instant now) {
        var oldest = last.orElse(now).minus(MISSING);
        var recent = new TreeMap<>(seen);
        recent.values().removeIf(at -> at.isBefore(oldest));
        recent.replaceAll((address, at) -> at.isAfter(now) ? now : at);
        boolean again = answer.stream().anyMatch(a -> isMissing(recent.get(a), last));
        var known = returned.filter(at -> !at.isBefore(last.orElse(now).minus(KNOWN)))
                .map(at -> at.isAfter(now) ? now : at);
        return new Rotation(recent, known).with(answer, now, again ? Optional.of(now) : known);
    }

    private static boolean isMissing(@Nullable Instant seen, Optional<Instant> last) {
        return seen != null && last.filter(seen::isBefore).isPresent();
    }

    boolean rotates() {
        return returned.isPresent();
    }

    /** The addresses that stay, those of the last answer included. */
    AddressSet addresses() {
        return AddressSet.of(seen.keySet().stream().map(AddressRange::of).toList());
    }
}
