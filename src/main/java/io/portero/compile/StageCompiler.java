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
 * <p>The differences are computed here, not in the kernel: two policies agree at most ports, and at the others on most
 * sources. So a packet costs one look-up of its port for each kind of difference. At a port that differs it costs one
 * more look-up of the source, and only a counted packet costs more. Packets that would be dropped are counted right
 * after the choke point, so that only packets that passed count. Packets that would be admitted are counted right
 * before it. Of an existing flow, one packet in 16 is checked for the former, because the policy judges these packets
 * too, and none for the latter.
 *
 * <p>Compared are services with their sources, interfaces and addresses, deny, ping and trusted interfaces; not limits,
 * and not the mode: what {@code observe} lets through counts as dropped.
 */
public final class StageCompiler {
    /** To check every packet would cost a call up to twice as much as the policy in force. */
    private static final int SAMPLE = 16;

    private final SortedSet<String> counters = new TreeSet<>();
    private final SortedMap<String, List<String>> kept = new TreeMap<>();
    private final SortedMap<String, List<String>> sets = new TreeMap<>();
    private final SortedMap<String, List<String>> maps = new TreeMap<>();
    private final List<Chain> chains = new ArrayList<>();

    private StageCompiler() {}

    /**
     * @param leftOut sources that are dropped or admitted independent of the two policies, such as banned sources and
     * guests
     * @param time after which the kernel takes the rules out of use by itself
     */
    public static StagedRules compile(Policy inForce, Policy staged, AddressSet leftOut, Duration time) {
        return compile(inForce, staged, leftOut, time, SAMPLE);
    }

    /** @param sample one packet in this number is checked in an existing flow; with 1, every packet in both chains */
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
