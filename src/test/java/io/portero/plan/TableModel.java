package io.portero.plan;

import io.portero.compile.Chain;
import io.portero.compile.NamedSet;
import io.portero.compile.Ruleset;
import io.portero.compile.VerdictMap.Interval;
import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualMap;
import io.portero.plan.Snapshot.ActualRule;
import io.portero.plan.Snapshot.ActualSet;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A model of a table after a transaction, without a kernel: a transaction is applied completely or not at all, and an
 * object in use cannot be deleted.
 *
 * <p>The body of a rule is the text that was sent. The firewall contract compares this model with the kernel.
 */
public final class TableModel {
    private boolean present;
    private boolean dormant;
    private final TreeSet<String> counters;
    private final TreeMap<String, ActualSet> sets;
    private final TreeMap<String, ActualMap> maps;
    private final TreeMap<String, ActualChain> chains;
    private final List<Snapshot.Other> others;

    private TableModel(Snapshot before) {
        present = before.present();
        dormant = before.dormant();
        counters = new TreeSet<>(before.counters());
        sets = new TreeMap<>(before.sets());
        maps = new TreeMap<>(before.maps());
        chains = new TreeMap<>(before.chains());
        others = new ArrayList<>(before.others());
    }

    /** Thrown if the kernel would refuse a transaction. */
    public static final class Refused extends RuntimeException {
        Refused(String why) {
            super(why);
        }
    }

    public static Snapshot after(Snapshot before, List<? extends Statement> transaction) throws Refused {
        var model = new TableModel(before);
        transaction.forEach(model::apply);
        return model.snapshot();
    }

    private Snapshot snapshot() {
        return new Snapshot(present ? "fake" : "", present, dormant, counters, sets, maps, chains, others);
    }

    private void apply(Statement step) {
        if (!present && !(step instanceof Step.AddTable || step instanceof Step.CreateTable)) {
            throw new Refused("No such file or directory");
        }
        switch (step) {
            case Step.AddTable table -> {
                present = true;
                dormant = false;
            }
            case Step.CreateTable create -> create();
            case Step.AddCounter counter -> counters.add(counter.name());
            case Step.AddSet add -> add(add.set());
            case Step.ChangeMembers change -> sets.put(change.set(), changed(existing(sets, change.set()), change));
            case TimedChange.Put put -> sets.put(put.set(), with(existing(sets, put.set()), put));
            case TimedChange.Refill refill -> sets.put(refill.set(), with(existing(sets, refill.set()), refill));
            case TimedChange.Take take -> sets.put(take.set(), without(existing(sets, take.set()), take.addresses()));
            case Step.AddMap add -> add(add);
            case Step.ChangeElements change -> change(change);
            case Step.AddChain(Chain chain) ->
                chains.putIfAbsent(chain.name(), new ActualChain(chain.name(), chain.hook(), List.of()));
            case Step.FillChain fill -> fill(fill.chain());
            case Step.FlushChain flush ->
                chains.put(
                        flush.name(),
                        new ActualChain(
                                flush.name(), existing(chains, flush.name()).hook(), List.of()));
            case Step.Delete delete -> delete(delete.kind(), delete.name());
        }
    }

    private void create() {
        if (present) {
            throw new Refused("File exists");
        }
        present = true;
    }

    private void add(NamedSet set) {
        var made = Expected.of(new Ruleset(Collections.emptySortedSet(), List.of(set), List.of(), List.of()))
                .sets()
                .get(set.name());
        if (sets.putIfAbsent(set.name(), made) != null) {
            throw new Refused("a plan never makes a set that is there already: " + set.name());
        }
    }

    private void add(Step.AddMap add) {
        add.map().targets().values().forEach(target -> existing(chains, target));
        var made = Expected.of(new Ruleset(Collections.emptySortedSet(), List.of(), List.of(add.map()), List.of()))
                .maps()
                .get(add.map().name());
        if (maps.putIfAbsent(add.map().name(), made) != null) {
            throw new Refused("a plan never makes a map that is there already: "
                    + add.map().name());
        }
    }

    private void change(Step.ChangeElements change) {
        var map = existing(maps, change.map());
        var targets = new TreeMap<>(map.targets());
        elements(change.remove()).forEach((interval, chain) -> {
            if (!targets.remove(interval, chain)) {
                throw new Refused("No such element in " + map.name());
            }
        });
        elements(change.add()).forEach((interval, chain) -> {
            existing(chains, chain);
            if (targets.keySet().stream().anyMatch(i -> i.first() <= interval.last() && interval.first() <= i.last())) {
                throw new Refused("interval overlaps with an existing one in " + map.name());
            }
            targets.put(interval, chain);
        });
        maps.put(map.name(), new ActualMap(map.name(), map.type(), map.flags(), targets, map.legible()));
    }

    /** {@code 22-25 : goto service_ssh} */
    private static SortedMap<Interval, String> elements(List<String> words) {
        var elements = new TreeMap<Interval, String>();
        for (var word : words) {
            var parts = word.split(" : goto ", 2);
            var ports = parts[0].split("-", 2);
            elements.put(new Interval(Integer.parseInt(ports[0]), Integer.parseInt(ports[ports.length - 1])), parts[1]);
        }
        return elements;
    }

    private void fill(Chain filled) {
        var chain = existing(chains, filled.name());
        var rules = new ArrayList<>(chain.rules());
        for (var rule : filled.rules()) {
            rule.lookups().stream()
                    .filter(l -> !sets.containsKey(l) && !maps.containsKey(l))
                    .findFirst()
                    .ifPresent(l -> {
                        throw new Refused("no set " + l);
                    });
            rules.add(new ActualRule(rule.comment(), rule.text(), rule.lookups()));
        }
        chains.put(chain.name(), new ActualChain(chain.name(), chain.hook(), List.copyOf(rules)));
    }

    private void delete(String kind, String name) {
        boolean used = chains.values().stream()
                        .flatMap(c -> c.rules().stream())
                        .anyMatch(r -> r.lookups().contains(name) || leadsTo(r.body(), name))
                || maps.values().stream().anyMatch(m -> m.targets().containsValue(name));
        if (used || kind.equals("chain") && !existing(chains, name).rules().isEmpty()) {
            throw new Refused("Device or resource busy: " + name);
        }
        boolean gone = switch (kind) {
            case "set" -> sets.remove(name) != null;
            case "map" -> maps.remove(name) != null;
            case "chain" -> chains.remove(name) != null;
            case "counter" -> counters.remove(name);
            default -> others.remove(new Snapshot.Other(kind, name));
        };
        if (!gone) {
            throw new Refused("No such file or directory: " + name);
        }
    }

    private static boolean leadsTo(String body, String chain) {
        return Stream.of("goto ", "jump ")
                .map(v -> v + chain)
                .anyMatch(v -> body.endsWith(v) || body.contains(v + " "));
    }

    private static ActualSet with(ActualSet set, TimedChange.Put put) {
        var others =
                without(set, put.members().stream().map(TimedMember::address).toList());
        var timed = new ArrayList<>(others.timed());
        timed.addAll(put.members());
        return new ActualSet(set.name(), set.type(), set.flags(), set.addresses(), timed);
    }

    private static ActualSet with(ActualSet set, TimedChange.Refill refill) {
        return new ActualSet(set.name(), set.type(), set.flags(), set.addresses(), refill.members());
    }

    private static ActualSet without(ActualSet set, List<Ip> addresses) {
        var timed = set.timed().stream()
                .filter(m -> !addresses.contains(m.address()))
                .toList();
        return new ActualSet(set.name(), set.type(), set.flags(), set.addresses(), timed);
    }

    private static ActualSet changed(ActualSet set, Step.ChangeMembers change) {
        var ranges = new HashSet<AddressRange>(set.addresses().ranges());
        if (set.flags().isEmpty()) {
            var left = set.addresses().minus(AddressSet.of(change.remove()));
            return new ActualSet(set.name(), set.type(), set.flags(), left.union(AddressSet.of(change.add())));
        }
        if (!ranges.containsAll(change.remove())) {
            throw new Refused("No such element in " + set.name());
        }
        change.remove().forEach(ranges::remove);
        ranges.addAll(change.add());
        var after = AddressSet.of(ranges);
        if (change.refill().isPresent() && !AddressSet.of(change.refill().get()).equals(after)) {
            throw new Refused("what fills " + set.name() + " anew is not what the difference comes to");
        }
        return new ActualSet(set.name(), set.type(), set.flags(), after);
    }

    private static <T> T existing(Map<String, T> all, String name) {
        var found = all.get(name);
        if (found == null) {
            throw new Refused("No such file or directory: " + name);
        }
        return found;
    }
}
