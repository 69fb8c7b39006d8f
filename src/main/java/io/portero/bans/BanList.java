package io.portero.bans;

import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Bans by target and owner; each owner has at most one ban of the same address or network.
 *
 * @param bans of each address or network all bans, the longest first; never an empty list
 */
public record BanList(SortedMap<AddressRange, List<Ban>> bans) {
    public static final BanList EMPTY = new BanList(new TreeMap<>());

    public BanList {
        bans = Collections.unmodifiableSortedMap(bans);
    }

    static BanList of(Collection<Ban> bans) {
        return EMPTY.with(bans);
    }

    /** Adds these; each replaces the earlier one of the same owner and target. */
    BanList with(Collection<Ban> more) {
        var all = new TreeMap<>(bans);
        for (var ban : more) {
            var before = all.get(ban.what());
            all.put(ban.what(), before == null ? List.of(ban) : replaced(before, ban));
        }
        return new BanList(all);
    }

    private static List<Ban> replaced(List<Ban> before, Ban ban) {
        var bans = new ArrayList<>(before);
        bans.removeIf(b -> b.by().equals(ban.by()));
        bans.add(ban);
        bans.sort(Ban.LONGEST_FIRST);
        return List.copyOf(bans);
    }

    BanList without(Predicate<Ban> gone) {
        var all = new TreeMap<AddressRange, List<Ban>>();
        bans.forEach((what, of) -> {
            var left = of.stream().anyMatch(gone)
                    ? of.stream().filter(gone.negate()).toList()
                    : of;
            if (!left.isEmpty()) {
                all.put(what, left);
            }
        });
        return new BanList(all);
    }

    BanList without(Collection<AddressRange> these, Optional<Owner> by) {
        var all = new TreeMap<>(bans);
        for (var what : these) {
            var left = of(what).stream()
                    .filter(b -> by.filter(o -> !o.equals(b.by())).isPresent())
                    .toList();
            if (left.isEmpty()) {
                all.remove(what);
            } else {
                all.put(what, left);
            }
        }
        return new BanList(all);
    }

    BanList lasting(Instant now) {
        return bans.values().stream().anyMatch(of -> of.getLast().isOver(now)) ? without(b -> b.isOver(now)) : this;
    }

    /** All of one address or network, the longest first. */
    List<Ban> of(AddressRange what) {
        return bans.getOrDefault(what, List.of());
    }

    /** The ban of an address or network that lasts longest. */
    Optional<Ban> longest(AddressRange what) {
        return of(what).stream().findFirst();
    }

    /** The longest ban of each address or network. */
    public List<Ban> longest() {
        return bans.values().stream().map(List::getFirst).toList();
    }

    public Stream<Ban> all() {
        return bans.values().stream().flatMap(List::stream);
    }

    /** The bans that cover an address. */
    public List<Ban> covering(Ip address) {
        return all().filter(b -> b.what().contains(address)).toList();
    }

    List<Ban> longestHosts() {
        return longest().stream().filter(Ban::isHost).toList();
    }

    List<Ban> longestNetworks(Family family) {
        return longest().stream()
                .filter(b -> !b.isHost() && b.what().family() == family)
                .toList();
    }
}
