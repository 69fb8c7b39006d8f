package io.portero.proposal;

import io.portero.exposure.Exposure.Door;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The detected telephone system of a host, and its media ports.
 *
 * <p>Media ports are open only during a call, so the defaults of the programs are used.
 */
enum Telephony {
    /** OMniLeads with the ranges of its installer. */
    OMNILEADS("20000-30000/udp", "40000-50000/udp"),
    /** OMniLeads with the ranges of its compose files. */
    OMNILEADS_COMPOSE("20001-30000/udp", "30001-40000/udp"),
    /** An Asterisk with the range of its own sample of rtp.conf. */
    ASTERISK("", "10000-20000/udp"),
    /** Another telephone system, whose configuration shows its ports. */
    OTHER("", ""),
    /** A carrier is named, but nothing listens for it yet. */
    EXPECTED("", "40000-50000/udp"),
    NONE("", "");

    private static final PortRange COMPOSE_ONLY = new PortRange(Protocol.UDP, 30001, 39999);

    private final String webrtc;
    private final String rtp;

    Telephony(String webrtc, String rtp) {
        this.webrtc = webrtc;
        this.rtp = rtp;
    }

    /** RTPengine's range. */
    PortRange webrtc() {
        return range(webrtc);
    }

    /** Asterisk's range. */
    PortRange rtp() {
        return range(rtp);
    }

    private static PortRange range(String text) {
        try {
            return PortRange.parse(text);
        } catch (PortRange.NotAPort e) {
            throw new IllegalStateException(text, e);
        }
    }

    boolean isOmniLeads() {
        return switch (this) {
            case OMNILEADS, OMNILEADS_COMPOSE -> true;
            case ASTERISK, OTHER, EXPECTED, NONE -> false;
        };
    }

    /**
     * @param known whether programs with readable settings were found
     * @param carrierNamed whether the operator knows of a carrier
     */
    static Telephony of(Doors doors, boolean known, boolean carrierNamed) {
        if (!webSigns(doors).isEmpty() && !phoneSigns(doors).isEmpty()) {
            return usesComposeRanges(doors) ? OMNILEADS_COMPOSE : OMNILEADS;
        }
        if (known) {
            return OTHER;
        }
        if (!phoneSigns(doors).isEmpty()) {
            return ASTERISK;
        }
        return carrierNamed ? EXPECTED : NONE;
    }

    /** The evidence for it. */
    static String signs(Doors doors) {
        return Stream.concat(phoneSigns(doors).stream(), webSigns(doors).stream())
                .collect(Collectors.joining(", "));
    }

    private static List<String> phoneSigns(Doors doors) {
        var signs = new ArrayList<String>();
        if (doors.hasProgram("asterisk")) {
            signs.add("Asterisk");
        }
        if (doors.all(Protocol.UDP, 5060).allMatch(Telephony::mayBeAsterisk)) { // and not a Kamailio
            sign(doors, Protocol.UDP, 5060, "SIP", signs);
        }
        sign(doors, Protocol.TCP, 7088, "Asterisk's ARI", signs);
        return signs;
    }

    /** Ports that a plain Asterisk does not have. */
    private static List<String> webSigns(Doors doors) {
        var signs = new ArrayList<String>();
        for (var program : List.of("rtpengine", "kamailio")) {
            if (doors.hasProgram(program)) {
                signs.add(program.equals("kamailio") ? "Kamailio" : "RTPengine");
            }
        }
        sign(doors, Protocol.UDP, 22222, "RTPengine's control port", signs);
        sign(doors, Protocol.TCP, 10060, "Kamailio's WebRTC port", signs);
        return signs;
    }

    private static void sign(Doors doors, Protocol protocol, int port, String name, List<String> signs) {
        if (doors.at(protocol, port).isPresent() || doors.isLocal(protocol, port)) {
            signs.add(name + " " + port + "/" + protocol.word());
        }
    }

    private static boolean usesComposeRanges(Doors doors) {
        return doors.open().stream()
                .filter(d -> COMPOSE_ONLY.overlaps(d.ports()))
                .anyMatch(Telephony::mayBeAsterisk);
    }

    private static boolean mayBeAsterisk(Door door) {
        var programs = Doors.programs(door).toList();
        return programs.isEmpty() || programs.contains("asterisk");
    }
}
