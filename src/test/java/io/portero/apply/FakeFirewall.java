package io.portero.apply;

import io.portero.compile.NamedSet;
import io.portero.plan.IntervalSets;
import io.portero.plan.Snapshot;
import io.portero.plan.Snapshot.ActualChain;
import io.portero.plan.Snapshot.ActualRule;
import io.portero.plan.Statement;
import io.portero.plan.Step;
import io.portero.plan.TableModel;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.Ip;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A firewall in memory with the same guarantees as the kernel: a transaction is applied completely or not at all, and
 * an object in use cannot be deleted.
 */
public final class FakeFirewall implements Firewall {
    private Snapshot table = Snapshot.ABSENT;
    private final Map<NamedSet.Seen, List<DroppedSource>> dropped = new HashMap<>();
    private final List<List<Statement>> commits = new ArrayList<>();
    private Optional<Failure> nextFailure = Optional.empty();
    private final Set<Ip> refused = new HashSet<>();
    private int failAfter;
    private int failures;
    private int reads;

    /** Makes the next {@code count} commits fail. */
    public void failCommits(int count, Failure failure) {
        failAfter = 0;
        failures = count;
        nextFailure = Optional.of(failure);
    }

    /** Makes one commit fail after {@code passing} successful commits. */
    public void failCommit(int passing, Failure failure) {
        failAfter = passing;
        failures = 1;
        nextFailure = Optional.of(failure);
    }

    /** From now on, refuses these addresses as members of sets with timeouts. */
    public void refuse(Ip... addresses) {
        refused.addAll(List.of(addresses));
    }

    private static Stream<Ip> members(Statement statement) {
        return switch (statement) {
            case TimedChange.Put put -> put.members().stream().map(TimedMember::address);
            case TimedChange.Refill refill -> refill.members().stream().map(TimedMember::address);
            case TimedChange.Take take -> Stream.empty();
            case Step step -> Stream.empty();
        };
    }

    public List<List<Statement>> commits() {
        return commits;
    }

    /** Changes the bodies of the rules of a chain and keeps their comments, as another program could do. */
    public void changeBodies(String chain) {
        var chains = new TreeMap<>(table.chains());
        chains.computeIfPresent(chain, (name, old) -> {
            var rules = old.rules().stream()
                    .map(r -> new ActualRule(r.comment(), "accept", r.lookups()))
                    .toList();
            return new ActualChain(name, old.hook(), rules);
        });
        table = new Snapshot(
                table.lister(),
                table.present(),
                table.dormant(),
                table.counters(),
                table.sets(),
                table.maps(),
                chains,
                table.others());
    }

    public int reads() {
        return reads;
    }

    @Override
    public Reading<Snapshot> read() {
        reads++;
        return new Reading.Of<>(table);
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
        try {
            table = TableModel.after(table, transaction);
        } catch (TableModel.Refused e) {
            return Optional.of(new Failure(Failure.Kind.REJECTED, String.valueOf(e.getMessage())));
        }
        commits.add(List.copyOf(transaction));
        return Optional.empty();
    }

    @Override
    public Optional<Failure> remove() {
        table = Snapshot.ABSENT;
        return Optional.empty();
    }

    @Override
    public Reading<List<TimedMember>> members(String set) {
        var found = table.sets().get(set);
        return found == null
                ? new Reading.Failed<>(new Failure(Failure.Kind.REJECTED, "no set " + set))
                : new Reading.Of<>(found.timed());
    }

    @Override
    public Reading<List<DroppedSource>> dropped(NamedSet.Seen set) {
        return new Reading.Of<>(dropped.getOrDefault(set, List.of()));
    }

    /** Adds dropped sources. */
    public void dropped(NamedSet.Seen set, DroppedSource... who) {
        dropped.put(set, List.of(who));
    }

    @Override
    public IntervalSets intervalSets() {
        return IntervalSets.IN_PLACE;
    }

    @Override
    public Reading<Map<String, Count>> counters() {
        var counts = new TreeMap<String, Count>();
        table.counters().forEach(c -> counts.put(c, Count.ZERO));
        return new Reading.Of<>(counts);
    }
}
