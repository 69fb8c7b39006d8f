package io.portero.migration;

import io.portero.policy.AddressSet;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The part of foreign rules that a policy can express. Foreign rules have an order, and a policy has none.
 *
 * <p>It never admits what they refuse: sources that an earlier rule refuses are removed from later rules. What depends
 * on the order in any other way is left out and reported.
 */
final class Carried {
    private final Map<Way, Who> open = new LinkedHashMap<>();
    private final Set<String> trusted = new LinkedHashSet<>();
    private final List<String> left = new ArrayList<>();
    private AddressSet refused = AddressSet.EMPTY;

    private Carried() {}

    /** The ports, addresses and interfaces of an admission. */
    record Way(List<PortRange> ports, List<String> to, List<String> on) {}

    /** @param notes the comments of the rules */
    record Who(AddressSet from, List<String> notes) {
        Who and(AddressSet more, String note) {
            return new Who(
                    from.union(more),
                    note.isEmpty()
                            ? notes
                            : Stream.concat(notes.stream(), Stream.of(note))
                                    .distinct()
                                    .toList());
        }
    }

    /** Some ports, and who may reach them. */
    private record Piece(PortRange ports, AddressSet from) {}

    static Carried of(ForeignRules foreign) {
        var carried = new Carried();
        var rules = foreign.rules();
        for (int i = 0; i < rules.size(); i++) {
            var before = rules.subList(0, i);
            if (rules.get(i).admits()) {
                carried.admit(
                        rules.get(i), before.stream().filter(r -> !r.admits()).toList());
            } else {
                carried.refuse(
                        rules.get(i),
                        before.stream().filter(ForeignRule::admits).toList());
            }
        }
        return carried;
    }

    private void admit(ForeignRule rule, List<ForeignRule> refusals) {
        boolean everything = rule.isAboutEverything() && rule.isAboutEverybody();
        if (everything
                && rule.to().isEmpty()
                && !rule.on().isEmpty()
                && refusals.stream().noneMatch(r -> meet(r, rule))) {
            trusted.addAll(rule.on());
            return;
        }
        if (everything && rule.isEverywhere()) {
            left.add(rule.where() + ": it admits everything from everybody; write what you need into services");
            return;
        }
        var pieces = (rule.isAboutEverything() ? everyPort() : rule.ports())
                .stream().map(p -> new Piece(p, rule.from())).toList();
        for (var refusal : refusals) {
            var elsewhere = !refusal.isEverywhere() && !samePlace(refusal, rule);
            var smaller = pieces.stream().flatMap(p -> without(p, refusal)).toList();
            if (elsewhere && meet(refusal, rule) && !smaller.equals(pieces)) {
                left.add(rule.where() + ": it is left out, because " + refusal.where()
                        + " refuses a part of it first, by interface or address of this host");
                return;
            }
            pieces = elsewhere ? pieces : smaller;
        }
        if (pieces.isEmpty()) {
            left.add(rule.where() + ": it is never reached, because earlier rules refuse the same");
        }
        var byFrom = new LinkedHashMap<AddressSet, List<PortRange>>();
        pieces.forEach(
                p -> byFrom.computeIfAbsent(p.from, f -> new ArrayList<>()).add(p.ports));
        byFrom.forEach((from, ports) -> {
            var way = new Way(PortRange.canonical(ports), rule.to(), rule.on());
            open.put(
                    way,
                    open.getOrDefault(way, new Who(AddressSet.EMPTY, List.of())).and(from, rule.note()));
        });
    }

    private static boolean samePlace(ForeignRule one, ForeignRule other) {
        return one.on().equals(other.on()) && one.to().equals(other.to());
    }

    /** Whether a packet can match both. */
    private static boolean meet(ForeignRule one, ForeignRule other) {
        return meet(one.on(), other.on()) && meet(one.to(), other.to());
    }

    private static boolean meet(List<String> these, List<String> those) {
        return these.isEmpty() || those.isEmpty() || these.stream().anyMatch(those::contains);
    }

    /** What a refusal leaves of it; what {@code deny} refuses everywhere need not be removed here. */
    private Stream<Piece> without(Piece piece, ForeignRule refusal) {
        var from = refusal.from();
        if (from.minus(refused).isEmpty()
                || ForeignRule.shared(piece.from, from).isEmpty()) {
            return Stream.of(piece);
        }
        var cut = refusal.isAboutEverything() ? List.of(piece.ports) : refusal.ports();
        var rest = List.of(piece.ports);
        var pieces = new ArrayList<Piece>();
        for (var ports : cut) {
            if (ports.overlaps(piece.ports)) {
                var shared = new PortRange(
                        piece.ports.protocol(),
                        Math.max(ports.first(), piece.ports.first()),
                        Math.min(ports.last(), piece.ports.last()));
                pieces.add(new Piece(shared, piece.from.minus(from)));
                rest = rest.stream().flatMap(r -> outside(r, shared)).toList();
            }
        }
        rest.forEach(r -> pieces.add(new Piece(r, piece.from)));
        return pieces.stream().filter(p -> !p.from.isEmpty());
    }

    private static Stream<PortRange> outside(PortRange range, PortRange hole) {
        if (!range.overlaps(hole)) {
            return Stream.of(range);
        }
        var parts = new ArrayList<PortRange>();
        if (range.first() < hole.first()) {
            parts.add(new PortRange(range.protocol(), range.first(), hole.first() - 1));
        }
        if (hole.last() < range.last()) {
            parts.add(new PortRange(range.protocol(), hole.last() + 1, range.last()));
        }
        return parts.stream();
    }

    /**
     * Sources that no earlier rule admits anywhere go into deny; other refused sources are removed from each later
     * rule.
     */
    private void refuse(ForeignRule rule, List<ForeignRule> admissions) {
        if (rule.isAboutEverything()
                && !rule.isAboutEverybody()
                && rule.isEverywhere()
                && admissions.stream().noneMatch(a -> a.sharesSourcesWith(rule))) {
            refused = refused.union(rule.from());
        }
    }

    /** Applies to protocols with ports; others are named one by one. */
    private static List<PortRange> everyPort() {
        return List.of(
                new PortRange(Protocol.TCP, 1, PortRange.HIGHEST), new PortRange(Protocol.UDP, 1, PortRange.HIGHEST));
    }

    Map<Way, Who> open() {
        return open;
    }

    AddressSet refused() {
        return refused;
    }

    Set<String> trusted() {
        return trusted;
    }

    List<String> left() {
        return left;
    }
}
