package io.portero.names;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The known state of one name.
 *
 * @param addresses the last good answer of each family
 * @param answered the time of the last good answer; none before the first one
 * @param due when to resolve next
 * @param asked whether a query has ended since the start, with success or not
 * @param failed how many queries in a row have failed
 * @param failures how many queries have failed in total
 * @param error the reason of the last failure, while it fails
 * @param ignored the unusable addresses of the last answer
 * @param toldStale whether the addresses were reported as too old
 * @param rotation which addresses stay although the last answer lacks them
 */
record Known(
        AddressSet addresses,
        Optional<Instant> answered,
        Instant due,
        boolean asked,
        int failed,
        long failures,
        Optional<String> error,
        AddressSet ignored,
        boolean toldStale,
        Rotation rotation) {
    /** Shorter times would cause constant queries. */
    private static final Duration FLOOR = Duration.ofSeconds(30);

    private static final Duration CEILING = Duration.ofMinutes(5);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(2);

    static Known unknown(Instant now) {
        return remembered(AddressSet.EMPTY, Optional.empty(), 0, Optional.empty(), now);
    }

    /** The state from before a restart; due at once. */
    static Known remembered(
            AddressSet addresses, Optional<Instant> answered, long failures, Optional<Instant> returned, Instant now) {
        var rotation = answered.map(at -> Rotation.remembered(all(addresses), at, returned))
                .orElse(Rotation.NONE);
        return new Known(
                addresses, answered, now, false, 0, failures, Optional.empty(), AddressSet.EMPTY, false, rotation);
    }

    /** A clock that was set back must not stop the queries. */
    boolean isDue(Instant now) {
        return !due.isAfter(now) || due.isAfter(now.plus(CEILING));
    }

    boolean isStale(Instant now, Duration maxStale) {
        return answered.filter(at -> Duration.between(at, now).compareTo(maxStale) > 0)
                .isPresent();
    }

    Known toldStale(boolean told) {
        return new Known(addresses, answered, due, asked, failed, failures, error, ignored, told, rotation);
    }

    /** A query runs; no second one starts before it has ended. */
    Known asking(Instant now) {
        return new Known(
                addresses, answered, now.plus(CEILING), asked, failed, failures, error, ignored, toldStale, rotation);
    }

    Known after(Answer answer, Instant now) {
        var usable = only(answer.addresses(), a -> !Unusable.contains(a));
        var unusable = only(answer.addresses(), Unusable::contains);
        var lacking = answer.failures().keySet().stream()
                .filter(family -> !addresses.only(family).isEmpty())
                .toList();
        if (usable.isEmpty()) {
            var why = unusable.isEmpty()
                    ? answer.why()
                    : "it has only the address " + unusable + ", which no host can have";
            return failed(addresses, why, unusable, now);
        }
        if (!lacking.isEmpty()) {
            var next = usable;
            for (var family : lacking) {
                next = next.union(addresses.only(family));
            }
            return failed(next, answer.why(), unusable, now);
        }
        var known = rotation.after(all(usable), answered, now);
        return good(known.rotates() ? known.addresses() : usable, unusable, answer.ttl(), now, known);
    }

    private static AddressSet only(Collection<Ip> addresses, Predicate<Ip> which) {
        List<AddressRange> ranges = new ArrayList<>();
        addresses.stream().filter(which).map(AddressRange::of).forEach(ranges::add);
        return AddressSet.of(ranges);
    }

    private Known good(AddressSet next, AddressSet unusable, Duration ttl, Instant now, Rotation known) {
        return new Known(
                next,
                Optional.of(now),
                now.plus(clamped(ttl)),
                true,
                0,
                failures,
                Optional.empty(),
                unusable,
                false,
                known);
    }

    private static Duration clamped(Duration ttl) {
        return ttl.compareTo(FLOOR) < 0 ? FLOOR : ttl.compareTo(CEILING) > 0 ? CEILING : ttl;
    }

    private Known failed(AddressSet next, String why, AddressSet unusable, Instant now) {
        var pause = FIRST_RETRY.multipliedBy(1L << Math.min(failed, 10));
        var retry = pause.compareTo(FLOOR) < 0 ? pause : FLOOR;
        return new Known(
                next,
                answered,
                now.plus(retry),
                true,
                failed + 1,
                failures + 1,
                Optional.of(why),
                unusable,
                toldStale,
                rotation);
    }

    /** The addresses of one family as single addresses. */
    List<Ip> addresses(Family family) {
        return all(addresses.only(family));
    }

    private static List<Ip> all(AddressSet addresses) {
        var list = new ArrayList<Ip>();
        for (var range : addresses.ranges()) {
            for (var address = range.first(); ; address = address.next()) {
                list.add(address);
                if (address.equals(range.last())) {
                    break;
                }
            }
        }
        return list;
    }
}
