package io.portero.proposal;

import io.portero.exposure.Exposure.Door;
import io.portero.exposure.Interfaces;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Listeners that are neither clearly public nor clearly private, so that the operator must decide. */
final class Undecided {
    /** This number of sockets of one program means conversations, not services. */
    private static final int FEW = 8;
    /** Their answers pass in any case. */
    private static final Set<Integer> DHCP_CLIENT = Set.of(68, 546);

    private Undecided() {}

    /** Each as a possible service, open to everybody. */
    static List<Offer> in(Doors doors, Interfaces interfaces, List<Offer> offered) {
        var alike = new LinkedHashMap<List<String>, List<PortRange>>();
        for (var door : doors.open()) {
            if (door.delicate().isEmpty() && !isCovered(door, offered) && !isDhcp(door.ports())) {
                alike.computeIfAbsent(
                                List.of(
                                        door.ports().protocol().word(),
                                        Doors.inWords(door),
                                        VoiceOffers.isForCarriers(door) ? "itsp" : "any",
                                        interfaces.inWords(interfaces.of(door.listeners())),
                                        Offer.on(interfaces.onlyPrivate(door.listeners()))),
                                k -> new ArrayList<>())
                        .add(door.ports());
            }
        }
        var taken = new TreeSet<String>();
        offered.forEach(o -> taken.add(o.name()));
        var naming = new ServiceNaming(taken);
        return alike.entrySet().stream().flatMap(e -> offers(e, naming)).toList();
    }

    private static boolean isCovered(Door door, List<Offer> offered) {
        return offered.stream().flatMap(o -> o.ports().stream()).anyMatch(door.ports()::overlaps);
    }

    private static boolean isDhcp(PortRange ports) {
        return ports.protocol() == Protocol.UDP && ports.first() == ports.last() && DHCP_CLIENT.contains(ports.first());
    }

    private static Stream<Offer> offers(Map.Entry<List<String>, List<PortRange>> alike, ServiceNaming naming) {
        var what = alike.getKey().get(1);
        var from = alike.getKey().get(2);
        var on = alike.getKey().get(3);
        var why = Stream.of(what, on.isEmpty() ? "" : "on " + on)
                .filter(w -> !w.isEmpty())
                .collect(Collectors.joining(" "));
        var more = alike.getKey().get(4);
        var ports = alike.getValue();
        if (what.isEmpty()) {
            return ports.stream().map(p -> new Offer(naming.unique(word(p)), List.of(p), from, more, why));
        }
        return Stream.of(new Offer(naming.unique(what), ports, from, more, why));
    }

    private static String word(PortRange ports) {
        return ports.protocol().hasPorts()
                ? "port-" + ports.first()
                : ports.protocol().word();
    }

    static boolean areMany(Offer offer) {
        return offer.ports().size() > FEW;
    }
}
