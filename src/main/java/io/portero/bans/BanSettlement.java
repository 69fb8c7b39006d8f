package io.portero.bans;

import io.portero.bans.BanMemory.Remembered;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What follows from the bans that are remembered and those that the kernel holds.
 *
 * <p>A ban that our command made is lifted by our command alone. Others belong to whoever made them: one that is gone was
 * lifted; but when all of a family are gone at once, and there were more than one, the set was flushed, and they come back.
 *
 * @param next what is to be remembered
 */
record BanSettlement(Map<Ip, Ban> next, BanChanges changes) {
    /** The kernel lists whole seconds, and time passes between two looks. */
    private static final Duration TOLERANCE = Duration.ofSeconds(3);

    /** @param objection why an address should not be banned, if there is a reason */
    static BanSettlement of(
            Remembered known, Map<Ip, Ban> actual, Instant now, Function<Ip, Optional<String>> objection) {
        var next = new TreeMap<Ip, Ban>();
        var made = new ArrayList<Ban>();
        var undone = new TreeMap<Ip, String>();
        var lifted = new ArrayList<Ban>();
        for (var ban : actual.values()) {
            if (known.lifted().contains(ban.address())) {
                lifted.add(ban);
                continue;
            }
            var remembered = known.bans().get(ban.address());
            if (remembered != null && isSame(remembered, ban)) {
                next.put(ban.address(), remembered);
                continue;
            }
            var why = remembered == null && !ban.isForced() ? objection.apply(ban.address()) : Optional.<String>empty();
            if (why.isPresent()) {
                undone.put(ban.address(), why.get());
            } else {
                next.put(ban.address(), ban);
                made.add(ban);
            }
        }
        var restored = new ArrayList<Ban>();
        var missing = missing(known, actual, now);
        var flushed = flushed(missing, actual);
        for (var ban : missing) {
            if (known.rebooted()
                    || ban.isOurs()
                    || flushed.contains(ban.address().family())) {
                restored.add(ban);
                next.put(ban.address(), ban);
            } else {
                lifted.add(ban);
            }
        }
        return new BanSettlement(next, new BanChanges(made, lifted, restored, undone));
    }

    /** Whether there is nothing to settle. */
    static boolean isSettled(Remembered known, Map<Ip, Ban> actual, Instant now) {
        return !known.rebooted()
                && known.lifted().isEmpty()
                && missing(known, actual, now).isEmpty()
                && actual.values().stream().allMatch(ban -> {
                    var remembered = known.bans().get(ban.address());
                    return remembered != null && isSame(remembered, ban);
                });
    }

    private static boolean isSame(Ban a, Ban b) {
        return a.note().equals(b.note())
                && a.until().isPresent() == b.until().isPresent()
                && a.until()
                        .map(u -> Duration.between(u, b.until().orElseThrow())
                                        .abs()
                                        .compareTo(TOLERANCE)
                                <= 0)
                        .orElse(true);
    }

    /** Those that ought to be there; what is about to end is not worth it. */
    private static List<Ban> missing(Remembered known, Map<Ip, Ban> actual, Instant now) {
        return known.bans().values().stream()
                .filter(b -> !actual.containsKey(b.address()))
                .filter(b -> !b.isOver(now.plus(TOLERANCE)))
                .toList();
    }

    private static List<Family> flushed(List<Ban> missing, Map<Ip, Ban> actual) {
        return Stream.of(Family.values())
                .filter(f -> count(f, actual.values()) == 0 && count(f, missing) > 1)
                .toList();
    }

    private static long count(Family family, Collection<Ban> bans) {
        return bans.stream().filter(b -> b.address().family() == family).count();
    }
}
