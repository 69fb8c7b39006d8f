package io.portero.bans;

import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.bans.BanMemory.Remembered;
import io.portero.bans.BanReport.Item;
import io.portero.bans.BanReport.Result;
import io.portero.plan.Snapshot;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Carries out an order in one transaction, however many targets it names. */
final class BanWork {
    private final Firewall firewall;
    private final Function<AddressRange, Optional<String>> objection;
    private final Instant now;
    private final boolean kept;
    private final Predicate<AddressRange> overLately;

    /**
     * @param objection tells why a target should not be banned, if there is a reason
     * @param overLately whether the kernel may still hold an ended ban
     * @param kept whether an agent keeps the kernel equal to the stored bans
     */
    BanWork(
            Firewall firewall,
            Function<AddressRange, Optional<String>> objection,
            Predicate<AddressRange> overLately,
            Instant now,
            boolean kept) {
        this.firewall = firewall;
        this.objection = objection;
        this.overLately = overLately;
        this.now = now;
        this.kept = kept;
    }

    /** @param next the bans to remember from now on */
    record Done(Remembered next, BanReport report) {}

    Done on(Remembered known, BanOrder order) {
        return switch (order) {
            case BanOrder.Make make -> make(known, make);
            case BanOrder.Lift lift -> lift(known, lift);
        };
    }

    private Done make(Remembered known, BanOrder.Make order) {
        var items = new ArrayList<Item>();
        var bans = new ArrayList<Ban>();
        for (var wanted : order.wanted()) {
            var why = order.forced() ? Optional.<String>empty() : objection.apply(wanted.what());
            if (why.isPresent()) {
                items.add(new Item(wanted.what(), Result.SPARED, why.get()));
            } else {
                bans.add(made(known.bans(), order, wanted));
            }
        }
        var named =
                new TreeSet<>(order.wanted().stream().map(BanOrder.Wanted::what).toList());
        var others = order.only()
                ? known.bans()
                        .all()
                        .filter(b -> b.by().equals(order.by()) && !named.contains(b.what()))
                        .map(Ban::what)
                        .toList()
                : List.<AddressRange>of();
        var next = known.bans().without(others, Optional.of(order.by())).with(bans);
        var touched = new TreeSet<>(others);
        bans.forEach(b -> touched.add(b.what()));
        var failed = commit(known, next, touched);
        if (failed.isPresent()) {
            return new Done(known, BanReport.failed(failed.get().sentence()));
        }
        for (var ban : bans) {
            boolean same = kept && known.bans().of(ban.what()).contains(ban);
            items.add(new Item(ban.what(), same ? Result.UNCHANGED : Result.DONE, longer(next, ban)));
        }
        return new Done(
                known.with(next, Collections.emptySortedSet()),
                new BanReport(items, others.size(), Optional.empty(), Optional.empty()));
    }

    /** To repeat the same ban, as with a list that is read again, changes nothing. */
    private Ban made(BanList known, BanOrder.Make order, BanOrder.Wanted wanted) {
        var ban = new Ban(wanted.what(), order.by(), wanted.lasting().map(now::plus), order.forced(), wanted.note());
        return known.of(wanted.what()).stream()
                .filter(b -> Pieces.isSame(b, ban) && b.note().equals(ban.note()))
                .findFirst()
                .orElse(ban);
    }

    private static String longer(BanList all, Ban ban) {
        return all.longest(ban.what())
                .filter(b -> !b.equals(ban))
                .map(b -> "already banned for longer " + by(b))
                .orElse("");
    }

    private Done lift(Remembered known, BanOrder.Lift order) {
        var limited = order.concernsLimits() ? limited() : List.<Ban>of();
        var named = order.what()
                .orElseGet(() -> Stream.concat(known.bans().all(), limited.stream())
                        .filter(b -> order.by().filter(o -> !o.equals(b.by())).isEmpty())
                        .map(Ban::what)
                        .distinct()
                        .toList());
        var next = known.bans().without(named, order.by());
        var items = new ArrayList<Item>();
        var touched = new TreeSet<AddressRange>();
        var free = new ArrayList<TimedChange>();
        for (var what : named) {
            boolean changed = next.of(what).size() != known.bans().of(what).size();
            if (changed || order.by().isEmpty()) {
                touched.add(what); // the kernel may hold bans that are not stored
            }
            var limits = limited.stream()
                    .filter(b -> b.what().contains(what.first()) && b.what().contains(what.last()))
                    .filter(b -> order.by().filter(o -> !o.equals(b.by())).isEmpty())
                    .toList();
            limits.forEach(b -> free.add(
                    new TimedChange.Take(LimitBans.set(b), List.of(b.what().first()))));
            items.add(new Item(what, changed || !limits.isEmpty() ? Result.DONE : Result.UNCHANGED, still(next, what)));
        }
        var failed = commit(known, next, touched).or(() -> free.isEmpty() ? Optional.empty() : firewall.commit(free));
        return new Done(
                known.with(next, failed.isPresent() ? touched : Collections.emptySortedSet()),
                new BanReport(withNetwork(items, next), 0, failed.map(BanWork::owed), Optional.empty()));
    }

    private List<Ban> limited() {
        return firewall.read() instanceof Reading.Of<Snapshot>(Snapshot table) ? LimitBans.of(table, now) : List.of();
    }

    private static String still(BanList all, AddressRange what) {
        return all.longest(what).map(b -> "still banned " + by(b)).orElse("");
    }

    /** For a single address, the report says which network still bans it. */
    private static List<Item> withNetwork(List<Item> items, BanList all) {
        if (items.size() != 1 || !items.getFirst().says().isEmpty()) {
            return items;
        }
        var item = items.getFirst();
        return all.covering(item.what().first()).stream()
                .findFirst()
                .map(b -> List.of(new Item(item.what(), item.result(), "still banned with " + b.what() + " " + by(b))))
                .orElse(items);
    }

    private static String by(Ban ban) {
        return "by " + ban.by()
                + ban.until()
                        .map(u -> " until " + u.truncatedTo(ChronoUnit.SECONDS))
                        .orElse(" without an end");
    }

    private static String owed(Failure failure) {
        return failure.sentence() + "; the agent lifts the ban as soon as nft works again";
    }

    /** If a set does not exist, its members are not in the kernel either. */
    private Optional<Failure> commit(Remembered before, BanList after, SortedSet<AddressRange> touched) {
        var changes = changes(before, after, touched);
        if (changes.isEmpty()) {
            return Optional.empty();
        }
        return firewall.commit(changes).flatMap(failure -> {
            var absent = failure.kind() == Failure.Kind.REJECTED
                    ? changes.stream()
                            .map(c -> absent(c.set()))
                            .flatMap(Optional::stream)
                            .findFirst()
                    : Optional.<Failure>empty();
            boolean onlyTakes = touched.stream().allMatch(what -> after.of(what).isEmpty());
            return absent.isPresent() && onlyTakes ? Optional.empty() : Optional.of(absent.orElse(failure));
        });
    }

    /** nft reports a missing set with the same words as any other missing object. */
    private Optional<Failure> absent(String set) {
        return firewall.members(set) instanceof Reading.Failed<List<TimedMember>>(Failure failure)
                        && failure.kind() == Failure.Kind.REJECTED
                ? Optional.of(failure)
                : Optional.empty();
    }

    private List<TimedChange> changes(Remembered known, BanList after, Collection<AddressRange> touched) {
        var before = known.bans();
        var changes = new ArrayList<TimedChange>();
        for (var family : Family.values()) {
            var put = new ArrayList<TimedMember>();
            var putNew = new ArrayList<TimedMember>();
            var take = new ArrayList<io.portero.policy.Ip>();
            boolean networks = false;
            for (var what : touched) {
                if (what.family() != family) {
                    continue;
                }
                if (!what.first().equals(what.last())) {
                    networks |= !kept || !after.of(what).equals(before.of(what));
                } else if (after.of(what).isEmpty()) {
                    take.add(what.first());
                } else if (!kept || !after.longest(what).equals(before.longest(what))) {
                    var member = after.longest(what).orElseThrow().member(now);
                    boolean isNew =
                            before.of(what).isEmpty() && !known.lifted().contains(what) && !overLately.test(what);
                    (isNew ? putNew : put).add(member);
                }
            }
            if (!putNew.isEmpty()) {
                changes.add(new TimedChange.Put(Ban.hosts(family), putNew, true));
            }
            if (!put.isEmpty()) {
                changes.add(new TimedChange.Put(Ban.hosts(family), put));
            }
            if (!take.isEmpty()) {
                changes.add(new TimedChange.Take(Ban.hosts(family), take));
            }
            if (networks) {
                changes.add(new TimedChange.Refill(
                        Ban.networks(family),
                        Pieces.of(after.longestNetworks(family)).members(now)));
            }
        }
        return changes;
    }
}
