package io.portero.proposal;

import io.portero.exposure.Exposure.Door;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.telephony.VoiceProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Decides which ports may be opened: ports that must stay closed are left out, also inside a range. */
final class OpenablePorts {
    static final int RTPENGINE_CONTROL = 22222;

    private final HostFacts host;
    private final Doors doors;
    private final VoiceOffers voice;

    OpenablePorts(HostFacts host, Doors doors, VoiceOffers voice) {
        this.host = host;
        this.doors = doors;
        this.voice = voice;
    }

    /** The port, if something listens there that may be reached. */
    List<PortRange> harmless(Protocol protocol, int port) {
        var sshd = host.sshPorts().contains(Offers.port(protocol, port));
        return doors.at(protocol, port).isPresent() && !isDelicate(protocol, port) && !sshd
                ? List.of(Offers.port(protocol, port))
                : List.of();
    }

    boolean isDelicate(Protocol protocol, int port) {
        return doors.at(protocol, port).flatMap(Door::delicate).isPresent();
    }

    /** The ports inside an opened range that must stay closed; always includes RTPengine's control port. */
    private List<PortRange> inside(PortRange range) {
        var control = Offers.port(Protocol.UDP, RTPENGINE_CONTROL);
        var delicate = doors.delicate().stream().map(Door::ports);
        var always = doors.isLocal(Protocol.UDP, RTPENGINE_CONTROL) ? Stream.<PortRange>of() : Stream.of(control);
        return Stream.concat(delicate, always)
                .filter(range::overlaps)
                .distinct()
                .sorted()
                .toList();
    }

    private static List<PortRange> without(PortRange range, List<PortRange> holes) {
        var left = new ArrayList<PortRange>();
        int first = range.first();
        for (var hole : holes) {
            if (first < hole.first()) {
                left.add(new PortRange(range.protocol(), first, hole.first() - 1));
            }
            first = Math.max(first, hole.last() + 1);
        }
        if (first <= range.last()) {
            left.add(new PortRange(range.protocol(), first, range.last()));
        }
        return left;
    }

    /** The configured range of the program, otherwise the usual one, without ports that must stay closed. */
    List<PortRange> open(VoiceProgram program, PortRange usual) {
        var set = voice.setMedia(program);
        return (set.isEmpty() ? List.of(usual) : set)
                .stream().flatMap(r -> without(r, inside(r)).stream()).toList();
    }

    /** A wide range may contain ports of something else. */
    List<Offer> withoutDelicate(List<Offer> wide) {
        var delicate = doors.delicate().stream().map(Door::ports).sorted().toList();
        return wide.stream()
                .map(o -> new Offer(
                        o.name(),
                        o.ports().stream()
                                .flatMap(p -> without(
                                        p, delicate.stream().filter(p::overlaps).toList())
                                        .stream())
                                .toList(),
                        o.from(),
                        o.more(),
                        o.why()))
                .filter(o -> !o.ports().isEmpty())
                .toList();
    }
}
