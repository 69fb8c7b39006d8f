package io.portero.plan;

import io.portero.compile.Chain;
import io.portero.compile.Ruleset;
import io.portero.compile.VerdictMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * Compares the wanted ruleset with a snapshot, and plans the change from one to the other.
 *
 * <p>The plan depends only on the two states, not on their history. If only members of sets differ and the kernel can
 * change them in place, it is one transaction. Otherwise there are three, and a fourth if a set must be created again
 * ({@link MemberChanges}). After each transaction the table admits every source that both states admit, and no source
 * that neither admits. Cost: linear in the size of both.
 */
public final class Planner {
    private final Ruleset want;
    private final Snapshot have;
    private final Differences differences;
    private final MemberChanges members;
    private final TemporarySets temporary;

    private final List<Step> fill = new ArrayList<>();
    private final List<Step> switchOver = new ArrayList<>();
    private final List<Step> clear = new ArrayList<>();
    private final List<Step> settle = new ArrayList<>();

    private Planner(Ruleset want, Snapshot have, KnownRules known, IntervalSets intervals) {
        this.want = want;
        this.have = have;
        this.differences = new Differences(want, have, known);
        this.members = new MemberChanges(want, have, differences.misshapen, differences.isAboutRules(), intervals);
        this.temporary = members.temporary();
    }

    public static Plan plan(Ruleset want, Snapshot have, KnownRules known, IntervalSets intervals) {
        var planner = new Planner(want, have, known.as(have.lister()), intervals);
        planner.planTable();
        planner.planCounters();
        planner.planFlushes();
        planner.planSets();
        planner.planMaps();
        planner.planChains();
        planner.planLeftovers();
        planner.planSettling();
        var update = new Plan.Update(planner.fill, planner.switchOver, planner.clear, planner.settle);
        return update.transactions().isEmpty() ? new Plan.Keep() : update;
    }

    /**
     * The plan when there is no table: one transaction, which fails if a table exists. A host without the table is
     * open, so closing it comes first. The price: an admitted new flow can lose a packet while its set fills, for 0.1
     * ms at 1,000 members.
     */
    public static Plan.Update rebuild(Ruleset want) {
        var planner = new Planner(want, Snapshot.ABSENT, KnownRules.NONE, IntervalSets.IN_PLACE);
        planner.fill.add(new Step.CreateTable());
        planner.planCounters();
        planner.planSets();
        planner.planChains();
        planner.fill.addAll(planner.switchOver);
        return new Plan.Update(List.of(), planner.fill, List.of(), List.of());
    }

    private void planTable() {
        if (!have.present()) {
            fill.add(new Step.AddTable());
        } else if (have.dormant()) {
            switchOver.add(new Step.AddTable());
        }
    }

    private void planCounters() {
        want.counters().stream()
                .filter(c -> !have.counters().contains(c))
                .forEach(c -> fill.add(new Step.AddCounter(c)));
    }

    /** Objects in the way are removed first, within the transaction that switches over. */
    private void planFlushes() {
        have.chains().keySet().stream()
                .filter(this::isRefilled)
                .forEach(chain -> switchOver.add(new Step.FlushChain(chain)));
        differences.inTheWay().forEach(chain -> switchOver.add(new Step.FlushChain(chain)));
        misshapen(have.maps()).forEach(map -> switchOver.add(new Step.Delete("map", map)));
        misshapen(have.chains()).forEach(chain -> {
            switchOver.add(new Step.FlushChain(chain));
            switchOver.add(new Step.Delete("chain", chain));
        });
        misshapen(have.sets()).forEach(set -> switchOver.add(new Step.Delete("set", set)));
    }

    /** Chains with correct rules are refilled too, if they must use a set under its temporary name. */
    private boolean isRefilled(String chain) {
        var wanted = differences.chains.get(chain);
        return differences.refilled.contains(chain) || wanted != null && temporary.concerns(wanted);
    }

    private Stream<String> misshapen(SortedMap<String, ?> objects) {
        return differences.misshapen.stream().filter(objects::containsKey);
    }

    private void planSets() {
        for (var set : want.sets()) {
            if (!have.sets().containsKey(set.name())) {
                fill.add(new Step.AddSet(set));
            } else if (differences.misshapen.contains(set.name())) {
                switchOver.add(new Step.AddSet(set));
            }
        }
        members.plan(fill, switchOver, clear);
    }

    /** Maps that exist with our name and definition; other maps are created after the chains that they lead to. */
    private void planMaps() {
        for (var map : differences.changedMaps()) {
            var targets = Objects.requireNonNull(have.maps().get(map.name())).targets();
            switchOver.add(new Step.ChangeElements(
                    map.name(), missing(targets, map.targets()), missing(map.targets(), targets)));
        }
    }

    /** The elements of the first map that the second one lacks. */
    private static List<String> missing(
            SortedMap<VerdictMap.Interval, String> from, SortedMap<VerdictMap.Interval, String> in) {
        return from.entrySet().stream()
                .filter(e -> !e.getValue().equals(in.get(e.getKey())))
                .map(e -> VerdictMap.element(e.getKey(), e.getValue()))
                .toList();
    }

    private void planChains() {
        var fresh = new ArrayList<Chain>();
        for (var chain : want.chains()) {
            if (differences.misshapen.contains(chain.name())) {
                switchOver.add(new Step.AddChain(chain));
            } else if (!have.chains().containsKey(chain.name())) {
                fresh.add(chain);
            }
        }
        var hooked = fresh.stream().filter(c -> c.hook().isPresent()).toList();
        fresh.removeAll(hooked);
        fresh.forEach(c -> fill.add(new Step.AddChain(c)));
        fresh.stream().filter(c -> !looksUpMaps(c)).forEach(this::fillFresh);
        for (var map : want.maps()) {
            if (!have.maps().containsKey(map.name())) {
                fill.add(new Step.AddMap(map));
            } else if (differences.misshapen.contains(map.name())) {
                switchOver.add(new Step.AddMap(map));
            }
        }
        fresh.stream().filter(this::looksUpMaps).forEach(this::fillFresh);
        for (var base : hooked) {
            switchOver.add(new Step.AddChain(base));
            fill(switchOver, base);
        }
        want.chains().stream()
                .filter(c -> have.chains().containsKey(c.name()))
                .filter(c -> isRefilled(c.name()) || differences.misshapen.contains(c.name()))
                .forEach(c -> fill(switchOver, c));
    }

    /** Rules that were added early would refer to objects which must be created again. */
    private void fillFresh(Chain chain) {
        boolean usesMisshapen =
                chain.rules().stream().flatMap(r -> r.lookups().stream()).anyMatch(differences.misshapen::contains);
        fill(usesMisshapen ? switchOver : fill, chain);
    }

    private void fill(List<Step> transaction, Chain chain) {
        transaction.add(new Step.FillChain(temporary.applyTo(chain)));
    }

    /** The order is: chains that maps lead to, then the maps, then such a chain. */
    private boolean looksUpMaps(Chain chain) {
        return chain.rules().stream().flatMap(r -> r.lookups().stream()).anyMatch(differences.maps::containsKey);
    }

    private void planLeftovers() {
        var chains = have.chains().keySet().stream()
                .filter(c -> !differences.chains.containsKey(c))
                .toList();
        // Base chains stay in force until then. In a dormant table they would all wake up before they are removed.
        chains.stream()
                .filter(c -> have.dormant() || differences.leftHooks().contains(c))
                .forEach(c -> switchOver.add(new Step.FlushChain(c)));
        chains.forEach(c -> clear.add(new Step.FlushChain(c)));
        have.maps().keySet().stream()
                .filter(m -> !differences.maps.containsKey(m))
                .forEach(m -> clear.add(new Step.Delete("map", m)));
        chains.forEach(c -> clear.add(new Step.Delete("chain", c)));
        have.sets().keySet().stream()
                .filter(s ->
                        !differences.sets.containsKey(s) && !temporary.names().containsValue(s))
                .forEach(s -> clear.add(new Step.Delete("set", s)));
        have.counters().stream()
                .filter(c -> !want.counters().contains(c))
                .forEach(c -> clear.add(new Step.Delete("counter", c)));
        have.others().forEach(o -> clear.add(new Step.Delete(o.kind(), o.name())));
    }

    /**
     * The rules use the sets by their real names again, which have had their new members since the last transaction.
     */
    private void planSettling() {
        want.chains().stream().filter(temporary::concerns).forEach(chain -> {
            settle.add(new Step.FlushChain(chain.name()));
            settle.add(new Step.FillChain(chain));
        });
        temporary.names().values().forEach(set -> settle.add(new Step.Delete("set", set)));
    }
}
