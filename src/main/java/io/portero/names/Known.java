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
 * What is known of one name.
 *
 * @param addresses the last good answer of each family
 * @param answered when the addresses were last what it is known to stand for; none before the first answer
 * @param due when to ask next
 * @param asked whether anything came of asking since the start, good or bad
 * @param failed how often in a row asking has failed
 * @param failures how often it has failed in all
 * @param error why it failed last, while it does
 * @param ignored of the last answer
 * @param toldStale whether it has been said that the addresses are too old
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
        boolean toldStale) {
    /** Shorter ones would make asking a business of its own. */
    private static final Duration FLOOR = Duration.ofSeconds(30);

    private static final Duration CEILING = Duration.ofMinutes(5);
    private static final Duration FIRST_RETRY = Duration.ofSeconds(2);

    static Known unknown(Instant now) {
        return new Known(
                AddressSet.EMPTY, Optional.empty(), now, false, 0, 0, Optional.empty(), AddressSet.EMPTY, false);
    }

    /** As it was before a restart: to be asked at once. */
    static Known remembered(AddressSet addresses, Optional<Instant> answered, long failures, Instant now) {
        return new Known(addresses, answered, now, false, 0, failures, Optional.empty(), AddressSet.EMPTY, false);
    }

    /** A clock that was put back must not silence it. */
    boolean isDue(Instant now) {
        return !due.isAfter(now) || due.isAfter(now.plus(CEILING));
    }

    boolean isStale(Instant now, Duration maxStale) {
        return answered.filter(at -> Duration.between(at, now).compareTo(maxStale) > 0)
                .isPresent();
    }

    Known toldStale(boolean told) {
        return new Known(addresses, answered, due, asked, failed, failures, error, ignored, told);
    }

    /** Somebody is asking; not to be asked again before that has ended. */
    Known asking(Instant now) {
        return new Known(addresses, answered, now.plus(CEILING), asked, failed, failures, error, ignored, toldStale);
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
        var next = usable;
        for (var family : lacking) {
            next = next.union(addresses.only(family));
        }
        return lacking.isEmpty() ? good(next, unusable, answer.ttl(), now) : failed(next, answer.why(), unusable, now);
    }

    private static AddressSet only(Collection<Ip> addresses, Predicate<Ip> which) {
        List<AddressRange> ranges = new ArrayList<>();
        addresses.stream().filter(which).map(AddressRange::of).forEach(ranges::add);
        return AddressSet.of(ranges);
    }

    private Known good(AddressSet next, AddressSet unusable, Duration ttl, Instant now) {
        return new Known(
                next, Optional.of(now), now.plus(clamped(ttl)), true, 0, failures, Optional.empty(), unusable, false);
    }

    private static Duration clamped(Duration ttl) {
        return ttl.compareTo(FLOOR) < 0 ? FLOOR : ttl.compareTo(CEILING) > 0 ? CEILING : ttl;
    }

    private Known failed(AddressSet next, String why, AddressSet unusable, Instant now) {
        var pause = FIRST_RETRY.multipliedBy(1L << Math.min(failed, 10));
        var retry = pause.compareTo(FLOOR) < 0 ? pause : FLOOR;
        return new Known(
                next, answered, now.plus(retry), true, failed + 1, failures + 1, Optional.of(why), unusable, toldStale);
    }

    /** The addresses of one family, one by one: names stand for single addresses. */
    List<Ip> addresses(Family family) {
        var list = new ArrayList<Ip>();
        for (var range : addresses.only(family).ranges()) {
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
