package io.portero.apply;

import io.portero.compile.NamedSet;
import io.portero.compile.VerdictMap;
import io.portero.plan.Snapshot;
import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualMap;
import io.portero.plan.Snapshot.ActualRule;
import io.portero.plan.Snapshot.ActualSet;
import io.portero.plan.Statement;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** A firewall in memory that keeps the kernel's promises: whole transactions, and no deleting of what is referred to. */
public final class FakeFirewall implements Firewall {
    private Model model = new Model();
    private final Map<NamedSet.Seen, List<DroppedSource>> dropped = new HashMap<>();
    private final List<List<Statement>> commits = new ArrayList<>();
    private Optional<Failure> nextFailure = Optional.empty();
    private final Set<Ip> refused = new HashSet<>();
    private int failAfter;
    private int failures;
    private int reads;

    /** The next so many commits fail. */
    public void failCommits(int count, Failure failure) {
        failAfter = 0;
        failures = count;
        nextFailure = Optional.of(failure);
    }

    /** The next commit but {@code passing} fails. */
    public void failCommit(int passing, Failure failure) {
        failAfter = passing;
        failures = 1;
        nextFailure = Optional.of(failure);
    }

    /** From now on these are refused as members of sets with timeouts. */
    public void refuse(Ip... addresses) {
        refused.addAll(List.of(addresses));
    }

    private static Stream<Ip> members(Statement statement) {
        return statement instanceof TimedChange.Put put
                ? put.members().stream().map(TimedMember::address)
                : Stream.empty();
    }

    public List<List<Statement>> commits() {
        return commits;
    }

    /** Somebody exchanges what the rules of a chain do, and keeps their comments. */
    public void changeBodies(String chain) {
        var old = model.chains.get(chain);
        var rules = old.rules().stream()
                .map(r -> new ActualRule(r.comment(), "accept", r.lookups()))
                .toList();
        model.chains.put(chain, new ActualChain(chain, old.hook(), rules));
    }

    public int reads() {
        return reads;
    }

    @Override
    public Reading<Snapshot> read() {
        reads++;
        return new Reading.Of<>(model.snapshot());
    }

    @Override
    public Optional<Failure> commit(List<? extends Statement> transaction) {
        if (failures > 0 && failAfter-- <= 0) {
            failures--;
            return nextFailure;
        }
        var bad = transaction.stream().flatMap(FakeFirewall::members).filter(refused::contains);
        var first = bad.findFirst();
        if (first.isPresent()) {
            return Optional.of(new Failure(Failure.Kind.REJECTED, "no " + first.get()));
        }
        var next = model.copy();
        try {
            transaction.forEach(next::apply);
        } catch (Refused e) {
            return Optional.of(new Failure(Failure.Kind.REJECTED, String.valueOf(e.getMessage())));
        }
        model = next;
        commits.add(List.copyOf(transaction));
        return Optional.empty();
    }

    @Override
    public Optional<Failure> remove() {
        model = new Model();
        return Optional.empty();
    }

    @Override
    public Reading<List<TimedMember>> members(String set) {
        var found = model.sets.get(set);
        return found == null
                ? new Reading.Failed<>(new Failure(Failure.Kind.REJECTED, "no set " + set))
                : new Reading.Of<>(found.timed());
    }

    @Override
    public Reading<List<DroppedSource>> dropped(NamedSet.Seen set) {
        return new Reading.Of<>(dropped.getOrDefault(set, List.of()));
    }

    /** Somebody was refused. */
    public void dropped(NamedSet.Seen set, DroppedSource... who) {
        dropped.put(set, List.of(who));
    }

    @Override
    public Reading<Map<String, Count>> counters() {
        var counts = new TreeMap<String, Count>();
        model.counters.forEach(c -> counts.put(c, Count.ZERO));
        return new Reading.Of<>(counts);
    }

    private static final class Refused extends RuntimeException {
        Refused(String why) {
            super(why);
        }
    }

    private static final class Model {
        private boolean present;
        private final Set<String> counters = new TreeSet<>();
        private final Map<String, ActualSet> sets = new TreeMap<>();
        private final Map<String, ActualMap> maps = new TreeMap<>();
        private final Map<String, ActualChain> chains = new TreeMap<>();

        Model copy() {
            var copy = new Model();
            copy.present = present;
            copy.counters.addAll(counters);
            copy.sets.putAll(sets);
            copy.maps.putAll(maps);
            copy.chains.putAll(chains);
            return copy;
        }

        Snapshot snapshot() {
            return new Snapshot(
                    present ? "fake" : "",
                    present,
                    false,
                    new TreeSet<>(counters),
                    new TreeMap<>(sets),
                    new TreeMap<>(maps),
                    new TreeMap<>(chains),
                    List.of());
        }

        void apply(Statement statement) {
            if (!present && !(statement instanceof Step.AddTable || statement instanceof Step.CreateTable)) {
                throw new Refused("No such file or directory");
            }
            switch (statement) {
                case Step.AddTable table -> present = true;
                case Step.CreateTable create -> create();
                case Step.AddCounter counter -> counters.add(counter.name());
                case Step.AddSet add -> sets.put(add.set().name(), made(add.set()));
                case Step.ChangeMembers change -> sets.put(change.set(), changed(existing(sets, change.set()), change));
                case TimedChange.Put put -> sets.put(put.set(), with(existing(sets, put.set()), put));
                case TimedChange.Take take ->
                    sets.put(take.set(), without(existing(sets, take.set()), take.addresses()));
                case Step.AddMap add -> {
                    add.map().targets().values().forEach(target -> existing(chains, target));
                    maps.put(add.map().name(), made(add.map()));
                }
                case Step.ChangeElements change -> throw new UnsupportedOperationException("not needed yet");
                case Step.AddChain add ->
                    chains.putIfAbsent(
                            add.chain().name(),
                            new ActualChain(add.chain().name(), add.chain().hook(), List.of()));
                case Step.FillChain fill -> fill(fill);
                case Step.FlushChain flush ->
                    chains.put(
                            flush.name(),
                            new ActualChain(
                                    flush.name(), existing(chains, flush.name()).hook(), List.of()));
                case Step.Delete delete -> delete(delete);
            }
        }

        private void create() {
            if (present) {
                throw new Refused("File exists");
            }
            present = true;
        }

        private void fill(Step.FillChain fill) {
            var chain = existing(chains, fill.chain().name());
            var rules = new ArrayList<>(chain.rules());
            for (var rule : fill.chain().rules()) {
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

        private void delete(Step.Delete delete) {
            var name = delete.name();
            boolean used = chains.values().stream()
                            .flatMap(c -> c.rules().stream())
                            .anyMatch(
                                    r -> r.lookups().contains(name) || r.body().contains("goto " + name))
                    || maps.values().stream().anyMatch(m -> m.targets().containsValue(name));
            if (used) {
                throw new Refused("Device or resource busy: " + name);
            }
            boolean gone = switch (delete.kind()) {
                case "set" -> sets.remove(name) != null;
                case "map" -> maps.remove(name) != null;
                case "chain" -> chains.remove(name) != null;
                default -> counters.remove(name);
            };
            if (!gone) {
                throw new Refused("No such file or directory: " + name);
            }
        }

        private static ActualMap made(VerdictMap map) {
            boolean ports = map.lookup() == VerdictMap.Lookup.PORT;
            return new ActualMap(
                    map.name(),
                    ports ? "inet_service" : "inet_proto",
                    ports ? Set.of("interval") : Set.of(),
                    new TreeMap<>(map.targets()),
                    true);
        }

        private static ActualSet made(NamedSet set) {
            var type = set.family() == io.portero.policy.Family.V4 ? "ipv4_addr" : "ipv6_addr";
            return switch (set) {
                case NamedSet.Members members ->
                    new ActualSet(set.name(), type, Set.of("interval"), members.addresses());
                case NamedSet.Hosts hosts -> new ActualSet(set.name(), type, Set.of(), hosts.addresses());
                case NamedSet.Timed timed -> new ActualSet(set.name(), type, Set.of("timeout"), AddressSet.EMPTY);
                case NamedSet.Seen seen ->
                    new ActualSet(
                            set.name(),
                            seen.withPort() ? type + " . inet_proto . inet_service" : type,
                            Set.of("timeout"),
                            AddressSet.EMPTY);
            };
        }

        private static ActualSet with(ActualSet set, TimedChange.Put put) {
            var others = without(
                    set, put.members().stream().map(TimedMember::address).toList());
            var timed = new ArrayList<>(others.timed());
            timed.addAll(put.members());
            return new ActualSet(set.name(), set.type(), set.flags(), set.addresses(), timed);
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
            return new ActualSet(set.name(), set.type(), set.flags(), AddressSet.of(ranges));
        }

        private static <T> T existing(Map<String, T> all, String name) {
            var found = all.get(name);
            if (found == null) {
                throw new Refused("No such file or directory: " + name);
            }
            return found;
        }
    }
}
