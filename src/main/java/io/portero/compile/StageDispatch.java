package io.portero.compile;

import io.portero.compile.VerdictMap.Interval;
import io.portero.policy.Protocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The look-up of port or protocol, which leads to a look-up of the source. */
final class StageDispatch {
    private static final int AH = 51;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    private final StageChange change;
    private final Duration time;
    private final SortedMap<String, List<String>> maps = new TreeMap<>();
    private final List<Chain> chains = new ArrayList<>();
    private final List<Rule> rules = new ArrayList<>();

    /**
     * @param time the timeout of the map elements
     * @param ping the chain for pings, where the policies differ about them
     */
    StageDispatch(StageChange change, Duration time, List<DispatchEntry> entries, Optional<String> ping) {
        this.change = change;
        this.time = time;
        compile(entries, ping);
    }

    SortedMap<String, List<String>> maps() {
        return maps;
    }

    List<Chain> chains() {
        return chains;
    }

    List<Rule> lookUps() {
        return rules;
    }

    private void compile(List<DispatchEntry> entries, Optional<String> ping) {
        var ports = new TreeMap<Protocol, Map<Interval, String>>();
        var protocols = new TreeMap<Interval, String>();
        var names = new HashMap<List<String>, String>();
        PortDispatch.disjoint(entries).forEach((slot, sharing) -> {
            var key = sharing.stream().map(DispatchEntry::name).toList();
            var name = names.computeIfAbsent(key, k -> chain(slot, sharing));
            if (slot.isWhole()) {
                protocols.put(new Interval(slot.protocol(), slot.protocol()), name);
            } else {
                ports.computeIfAbsent(Protocol.of(slot.protocol()).orElseThrow(), p -> new TreeMap<>())
                        .put(new Interval(slot.first(), slot.last()), name);
            }
        });
        ping.ifPresent(name -> {
            protocols.put(new Interval(ICMP, ICMP), name);
            protocols.put(new Interval(ICMPV6, ICMPV6), name);
        });
        ports.forEach((protocol, targets) -> rules.add(lookUp(
                protocol.word() + " dport",
                map(change.chain() + "_" + protocol.word(), "inet_service", "interval,timeout", targets))));
        if (!protocols.isEmpty()) {
            var map = map(change.chain() + "_protocol", "inet_proto", "timeout", protocols);
            if (protocols.containsKey(new Interval(AH, AH))) {
                rules.add(lookUp("ip6 nexthdr 51 ip6 nexthdr", map));
            }
            rules.add(lookUp("meta l4proto", map));
        }
    }

    private static Rule lookUp(String key, String map) {
        return new Rule("where the policies differ", key + " vmap @" + map);
    }

    /** Its elements expire with the stage, even if no agent is there to remove the table. */
    private String map(String name, String type, String flags, Map<Interval, String> targets) {
        var lines = new ArrayList<>(
                List.of("type " + type + " : verdict", "flags " + flags, "timeout " + time.toSeconds() + "s"));
        StageSets.elements(
                lines,
                targets.entrySet().stream()
                        .map(e -> VerdictMap.element(e.getKey(), e.getValue()))
                        .toList());
        maps.put(name, lines);
        return name;
    }

    private String chain(PortSlot slot, List<DispatchEntry> sharing) {
        var protocol = Protocol.of(slot.protocol()).orElseThrow();
        var name = change.chain() + "."
                + (slot.isWhole() ? protocol.word().replace(':', '_') : protocol.word() + "." + slot.first());
        chains.add(
                Chain.of(name, sharing.stream().flatMap(e -> e.rules().stream()).toList()));
        return name;
    }
}
