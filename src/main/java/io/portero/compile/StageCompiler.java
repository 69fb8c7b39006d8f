package io.portero.compile;

import io.portero.policy.Access;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Turns two policies into rules that count the packets on whose verdict they differ.
 *
 * <p>What differs is worked out here, not in the kernel: at most ports two policies agree, and at the others they agree on most
 * sources. So a packet costs one look-up of its port for each way in which anything differs, at a port that differs one more
 * of its source, and only one that is counted costs more. Who would be dropped is looked for right behind the choke point, so that
 * only what did pass is counted; who would be admitted right before it. Of a flow that runs, one packet in 16 is looked at for
 * the former, since the policy judges those too, and none for the latter, since it runs.
 *
 * <p>Compared are services with their sources, interfaces and addresses, deny, ping and trusted interfaces; not limits, and not the
 * mode: what {@code observe} lets through counts as dropped.
 */
public final class StageCompiler {
    /** Every packet would cost a running call up to twice what the policy in force does. */
    private static final int SAMPLE = 16;

    private final SortedSet<String> counters = new TreeSet<>();
    private final SortedMap<String, List<String>> kept = new TreeMap<>();
    private final SortedMap<String, List<String>> sets = new TreeMap<>();
    private final SortedMap<String, List<String>> maps = new TreeMap<>();
    private final List<Chain> chains = new ArrayList<>();

    private StageCompiler() {}

    /**
     * @param leftOut sources that are dropped or admitted whatever the two policies say, as banned ones and guests are
     * @param time after which the kernel takes the rules out of use by itself
     */
    public static StagedRules compile(Policy inForce, Policy staged, AddressSet leftOut, Duration time) {
        return compile(inForce, staged, leftOut, time, SAMPLE);
    }

    /** @param sample of so many packets of a running flow one is looked at; with 1, every packet in both chains */
    public static StagedRules compile(Policy inForce, Policy staged, AddressSet leftOut, Duration time, int sample) {
        var compiler = new StageCompiler();
        var changes = Access.changes(inForce, staged);
        compiler.add(new StageSide(StageChange.DROP, inForce, staged, changes, AddressSet.EMPTY, time, sample));
        compiler.add(new StageSide(StageChange.ADMIT, staged, inForce, changes, leftOut, time, sample));
        return new StagedRules(
                compiler.counters,
                compiler.kept,
                compiler.sets,
                compiler.maps,
                compiler.withCommonChains(inForce, staged));
    }

    private void add(StageSide side) {
        side.compile();
        counters.addAll(side.counters());
        kept.putAll(side.sets().kept());
        sets.putAll(side.sets().fixed());
        maps.putAll(side.maps());
        chains.addAll(side.chains());
    }

    private List<Chain> withCommonChains(Policy inForce, Policy staged) {
        if (chains.isEmpty()) {
            return List.of();
        }
        var trusted = new TreeSet<>(inForce.trustedInterfaces());
        trusted.addAll(staged.trustedInterfaces());
        var all = new ArrayList<Chain>();
        all.add(NecessaryTraffic.chain());
        all.add(Delivery.onlyOurs(trusted));
        all.addAll(chains);
        return all;
    }
}
