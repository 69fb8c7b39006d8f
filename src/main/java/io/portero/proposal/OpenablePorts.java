package io.portero.proposal;

import io.portero.exposure.Exposure.Door;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.telephony.VoiceProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Says which ports may be opened: what must stay out of reach is left out, also in the middle of a range. */
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

    /** The port if something listens there, and nothing that should be out of reach. */
    List<PortRange> harmless(Protocol protocol, int port) {
        var sshd = host.sshPorts().contains(Offers.port(protocol, port));
        return doors.at(protocol, port).isPresent() && !isDelicate(protocol, port) && !sshd
                ? List.of(Offers.port(protocol, port))
                : List.of();
    }

    boolean isDelicate(Protocol protocol, int port) {
        return doors.at(protocol, port).flatMap(Door::delicate).isPresent();
    }

    /** What must stay out of reach in the midst of a range that is opened, RTPengine's control even where it is not seen. */
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

    /** What the program is told to use, else what is usual there, without what lies within and must stay closed. */
    List<PortRange> open(VoiceProgram program, PortRange usual) {
        var set = voice.setMedia(program);
        return (set.isEmpty() ? List.of(usual) : set)
                .stream().flatMap(r -> without(r, inside(r)).stream()).toList();
    }

    /** A range may be so wide that something else lies in it. */
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
