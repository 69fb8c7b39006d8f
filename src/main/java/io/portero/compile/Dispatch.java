package io.portero.compile;

import io.portero.compile.VerdictMap.Interval;
import io.portero.compile.VerdictMap.Lookup;
import io.portero.policy.Protocol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The dispatch from the port of a packet to the chain that judges it.
 *
 * @param chains the chains that the maps lead to
 */
record Dispatch(List<VerdictMap> maps, List<Chain> chains) {
    /** Voice first: most packets are voice. */
    private static final List<Protocol> PORTED = List.of(Protocol.UDP, Protocol.TCP, Protocol.SCTP);

    private static final Interval AH = new Interval(51, 51);
    /** Names in the kernel have at most 255 characters; readable names are much shorter. */
    private static final int LONGEST_OVERLAP = 100;

    private static Chain refusing(String name, List<DispatchEntry> entries) {
        var rules = new ArrayList<Rule>();
        var generous = entries.stream().sorted(DispatchEntry.GENEROUS_FIRST).toList();
        generous.forEach(entry -> rules.addAll(entry.rules()));
        rules.add(Delivery.askWhose());
        rules.add(new Rule("revoked", "ct direction reply goto " + Reason.REVOKED.chain()));
        for (var entry : entries) {
            entry.refused().ifPresent(c -> rules.add(new Rule("refused", "counter name \"" + c + "\"")));
        }
        entries.forEach(entry -> rules.addAll(entry.strangers()));
        rules.addAll(entries.getFirst().otherwise());
        return Chain.of(name, reachable(rules));
    }

    /** Drops the rules after a final rule, because no packet reaches them. */
    private static List<Rule> reachable(List<Rule> rules) {
        int end = 0;
        while (!rules.get(end).isFinal()) {
            end++;
        }
        return rules.subList(0, end + 1);
    }

    /** Makes the chain of a port slot with these entries. */
    interface Ending {
        Chain chain(String name, List<DispatchEntry> sharing);
    }

    /** The maps over disjoint port slots, and the chains that they lead to. */
    static Dispatch of(Collection<DispatchEntry> entries) {
        return of("dispatch_", "overlap.", entries, Dispatch::refusing);
    }

    /** For outgoing packets; without a map for protocols if no entry needs it. */
    static Dispatch outgoing(Collection<DispatchEntry> entries, Ending ending) {
        return of("outgoing_", "outgoing.overlap.", entries, ending);
    }

    private static Dispatch of(String prefix, String overlap, Collection<DispatchEntry> entries, Ending ending) {
        var protocols = new TreeMap<Interval, String>();
        var ports = new TreeMap<Integer, Map<Interval, String>>();
        var leading = new TreeMap<String, Chain>();
        PortDispatch.disjoint(entries).forEach((slot, sharing) -> {
            var name = chainName(overlap, sharing);
            leading.computeIfAbsent(name, n -> ending.chain(n, sharing));
            if (slot.isWhole()) {
                protocols.put(new Interval(slot.protocol(), slot.protocol()), name);
            } else {
                ports.computeIfAbsent(slot.protocol(), p -> new TreeMap<>())
                        .put(new Interval(slot.first(), slot.last()), name);
            }
        });
        var maps = new ArrayList<VerdictMap>();
        for (var protocol : PORTED) {
            var targets = ports.get(protocol.number());
            if (targets != null) {
                maps.add(VerdictMap.named(prefix + protocol.word(), Lookup.PORT, targets));
            }
        }
        if (!protocols.isEmpty()) {
            maps.add(VerdictMap.named(prefix + "protocol", Lookup.PROTOCOL, protocols));
        }
        return new Dispatch(maps, List.copyOf(leading.values()));
    }

    /** The look-ups that lead to the services. */
    List<Rule> lookUp() {
        var rules = new ArrayList<Rule>();
        for (var map : maps) {
            switch (map.lookup()) {
                case PORT -> rules.add(new Rule("services", map.name().split("_")[1] + " dport vmap @" + map.name()));
                case PROTOCOL -> {
                    if (map.targets().containsKey(AH)) {
                        // An IPv6 extension header, which nft skips when it looks for the protocol.
                        rules.addFirst(new Rule("services", "ip6 nexthdr 51 ip6 nexthdr vmap @" + map.name()));
                    }
                    rules.add(new Rule("services", "meta l4proto vmap @" + map.name()));
                }
            }
        }
        return rules;
    }

    private static String chainName(String overlap, List<DispatchEntry> sharing) {
        if (sharing.size() == 1) {
            return sharing.getFirst().name();
        }
        var names = sharing.stream().map(DispatchEntry::name).collect(Collectors.joining("."));
        return overlap + (names.length() <= LONGEST_OVERLAP ? names : Rule.Hash.of(names));
    }
}
