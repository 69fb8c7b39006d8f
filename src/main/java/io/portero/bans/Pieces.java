package io.portero.bans;

import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeSet;

/**
 * Banned networks of one family, cut into pieces that do not overlap; the longest ban of a piece counts.
 *
 * <p>The kernel refuses overlapping members of an interval set, and the auto-merge of nft loses their timeouts (nft
 * 1.0.6).
 */
record Pieces(List<Piece> all) {
    /** Tolerance: the kernel lists whole seconds, and time passes between two readings. */
    static final Duration TOLERANCE = Duration.ofSeconds(3);

    /** @param ban the longest ban that covers it */
    record Piece(AddressRange range, Ban ban) {
        TimedMember member(Instant now) {
            return ban.member(range, now);
        }
    }

    static Pieces of(Collection<Ban> networks) {
        var sorted =
                networks.stream().sorted((a, b) -> a.what().compareTo(b.what())).toList();
        var covering = new PriorityQueue<>(Ban.LONGEST_FIRST);
        var pieces = new ArrayList<Piece>();
        int next = 0;
        for (var part : parts(networks)) {
            while (next < sorted.size() && sorted.get(next).what().first().compareTo(part.first()) <= 0) {
                covering.add(sorted.get(next++));
            }
            while (!covering.isEmpty() && covering.peek().what().last().compareTo(part.first()) < 0) {
                covering.remove();
            }
            if (!covering.isEmpty()) {
                add(pieces, new Piece(part, covering.peek()));
            }
        }
        return new Pieces(List.copyOf(pieces));
    }

    /** The ranges between the beginnings and ends of all networks, in order. */
    private static List<AddressRange> parts(Collection<Ban> networks) {
        var starts = new TreeSet<Ip>();
        for (var network : networks) {
            starts.add(network.what().first());
            if (!network.what().last().isHighest()) {
                starts.add(network.what().last().next());
            }
        }
        var parts = new ArrayList<AddressRange>();
        for (var start : starts) {
            var following = starts.higher(start);
            parts.add(new AddressRange(
                    start,
                    following == null ? AddressRange.everything(start.family()).last() : following.previous()));
        }
        return parts;
    }

    private static void add(List<Piece> pieces, Piece piece) {
        var before = pieces.isEmpty() ? null : pieces.getLast();
        if (before != null
                && before.ban().equals(piece.ban())
                && before.range().last().next().equals(piece.range().first())) {
            pieces.set(
                    pieces.size() - 1,
                    new Piece(
                            new AddressRange(
                                    before.range().first(), piece.range().last()),
                            piece.ban()));
        } else {
            pieces.add(piece);
        }
    }

    List<TimedMember> members(Instant now) {
        return all.stream().map(p -> p.member(now)).toList();
    }

    /** Whether a kernel set with these members is equal to these pieces. */
    boolean isHeld(List<TimedMember> members, Instant now) {
        var soon = now.plus(TOLERANCE);
        var wanted = all.stream().filter(p -> !p.ban().isOver(soon)).toList();
        var held = members.stream()
                .map(m -> Ban.found(m, now))
                .filter(b -> !b.isOver(soon))
                .sorted((a, b) -> a.what().compareTo(b.what()))
                .toList();
        if (wanted.size() != held.size()) {
            return false;
        }
        for (int i = 0; i < wanted.size(); i++) {
            var piece = wanted.get(i);
            if (!piece.range().equals(held.get(i).what()) || !isSame(piece.ban(), held.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether two bans by one owner end together, as far as the kernel's listing tells. */
    static boolean isSame(Ban a, Ban b) {
        return a.by().equals(b.by())
                && a.forced() == b.forced()
                && (!a.isOthers() || a.note().equals(b.note()))
                && a.until().isPresent() == b.until().isPresent()
                && a.until()
                        .map(u -> Duration.between(u, b.until().orElseThrow())
                                        .abs()
                                        .compareTo(TOLERANCE)
                                <= 0)
                        .orElse(true);
    }
}
