package io.portero.proposal;

import io.portero.exposure.Interfaces;
import io.portero.exposure.Membership;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.telephony.VoiceProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Chooses the proposed services and their sources. */
final class Offers {
    static final int METRICS = 9090;
    static final String CLUSTER = "cluster";
    private static final Set<VoiceProgram> OMNILEADS =
            Set.of(VoiceProgram.ASTERISK, VoiceProgram.KAMAILIO, VoiceProgram.RTPENGINE);
    private static final int OTHER_METRICS = 9095;
    private static final int LOKI = 3100;

    private final HostFacts host;
    private final Wishes wishes;
    private final Doors doors;
    private final Telephony telephony;
    private final VoiceOffers voice;
    private final OpenablePorts openable;
    private final List<Offer> offers = new ArrayList<>();

    Offers(HostFacts host, Wishes wishes, Doors doors, Telephony telephony, VoiceOffers voice) {
        this.voice = voice;
        this.host = host;
        this.wishes = wishes;
        this.doors = doors;
        this.telephony = telephony;
        this.openable = new OpenablePorts(host, doors, voice);
    }

    List<Offer> all() {
        management();
        web();
        mail();
        tunnels();
        telephony();
        cluster();
        monitoring();
        return List.copyOf(offers);
    }

    private void management() {
        boolean narrow = !wishes.admins().isEmpty();
        var why = narrow
                ? "ssh for the administrators; not open to everybody."
                : "ssh for the administrators; open to everybody until you narrow it: put your own addresses"
                        + " into admins above, and write [admins] here. The agent refuses a policy that would"
                        + " cut off the operators who are logged in.";
        offers.add(new Offer("ssh", host.sshPorts(), narrow ? "admins" : "any", ", management: true", why));
    }

    private void web() {
        boolean expected = telephony.isOmniLeads();
        var https = Stream.of(
                        expected && !openable.isDelicate(Protocol.TCP, 443)
                                ? List.of(port(Protocol.TCP, 443))
                                : List.<PortRange>of(),
                        openable.harmless(Protocol.TCP, 443),
                        openable.harmless(Protocol.UDP, 443))
                .flatMap(List::stream)
                .distinct()
                .toList();
        add("https", https, expected ? "Nginx: the agents' desktop, and the signalling of WebRTC." : "The web.");
        add(
                "http",
                openable.harmless(Protocol.TCP, 80),
                "Redirects to https, and certificates by HTTP-01; otherwise not needed.");
        if (expected) {
            add(
                    "webrtc",
                    openable.open(VoiceProgram.RTPENGINE, telephony.webrtc()),
                    "RTPengine: the agents' voice. Browsers connect from anywhere, so it is open to all;"
                            + " compare it with"
                            + " port-min and port-max of rtpengine.conf." + controlRemark());
        }
    }

    private String controlRemark() {
        return doors.isLocal(Protocol.UDP, OpenablePorts.RTPENGINE_CONTROL)
                ? ""
                : " Its control port 22222 is left out.";
    }

    private void mail() {
        add("smtp", openable.harmless(Protocol.TCP, 25), "Mail from other servers.");
        var clients = Stream.of(465, 587, 993, 995)
                .flatMap(p -> openable.harmless(Protocol.TCP, p).stream())
                .toList();
        add("mail", clients, "Mail clients of users with an account here.");
    }

    private void tunnels() {
        add("wireguard", openable.harmless(Protocol.UDP, 51820), "WireGuard; it does not answer without a valid key.");
        add("openvpn", openable.harmless(Protocol.UDP, 1194), "OpenVPN.");
        var ipsec = Stream.of(500, 4500)
                .flatMap(p -> openable.harmless(Protocol.UDP, p).stream())
                .toList();
        if (!ipsec.isEmpty()) {
            add(
                    "ipsec",
                    Stream.concat(ipsec.stream(), Stream.of(PortRange.whole(Protocol.ESP)))
                            .toList(),
                    "IPsec: key exchange, and its packets, which are UDP behind NAT.");
        }
    }

    private void telephony() {
        switch (telephony) {
            case NONE -> {}
            case OTHER -> offers.addAll(openable.withoutDelicate(voice.beside(Set.of())));
            case OMNILEADS, OMNILEADS_COMPOSE -> {
                carrier();
                offers.addAll(openable.withoutDelicate(voice.beside(OMNILEADS)));
            }
            case ASTERISK, EXPECTED -> carrier();
        }
    }

    private void carrier() {
        var sip = new ArrayList<>(voice.signalling(VoiceProgram.ASTERISK));
        if (sip.isEmpty()) {
            sip.add(port(Protocol.UDP, 5060));
            Stream.of(5060, 5061)
                    .flatMap(p -> openable.harmless(Protocol.TCP, p).stream())
                    .forEach(sip::add);
        }
        offers.add(new Offer(
                "sip",
                sip,
                "itsp",
                VoiceOffers.DRAIN,
                "Asterisk: calls from and to the carrier, and nobody else. Scanners always look for an open"
                        + " port 5060."
                        + (wishes.itsp().isEmpty()
                                ? " Until you put its addresses into itsp, nobody has access."
                                : "")));
        offers.add(new Offer(
                "rtp",
                openable.open(VoiceProgram.ASTERISK, telephony.rtp()),
                "itsp",
                VoiceOffers.DRAIN,
                "The voice of these calls; compare it with rtpstart and rtpend of rtp.conf."));
    }

    /** Programs use raw sockets for these; the virtual address or the routes of a cluster depend on them. */
    private void cluster() {
        for (var protocol : List.of(Protocol.VRRP, Protocol.OSPF)) {
            var whole = PortRange.whole(protocol);
            doors.open().stream()
                    .filter(d -> d.ports().equals(whole))
                    .findFirst()
                    .ifPresent(d -> {
                        var on = host.memberships().stream()
                                .filter(m -> m.name()
                                        .filter(protocol.word()::equalsIgnoreCase)
                                        .isPresent())
                                .map(Membership::on)
                                .distinct()
                                .toList();
                        offers.add(Offer.of(
                                protocol.word(),
                                List.of(whole),
                                CLUSTER,
                                protocol.word().toUpperCase(Locale.ROOT) + ", spoken by " + Doors.inWords(d)
                                        + (on.isEmpty() ? "" : " on " + new Interfaces(host.surroundings()).inWords(on))
                                        + ": put the other hosts into " + CLUSTER
                                        + " before this is enforced. Otherwise this host does not hear them"
                                        + " and believes that it is the only one."));
                    });
        }
    }

    private void monitoring() {
        if (wishes.monitoring().isEmpty()) {
            return;
        }
        if (metricsPort() == METRICS) {
            offers.add(
                    Offer.of("metrics", List.of(port(Protocol.TCP, METRICS)), "monitoring", "Metrics of this agent."));
        } else {
            offers.add(Offer.of(
                    "prometheus",
                    List.of(port(Protocol.TCP, METRICS)),
                    "monitoring",
                    "The Prometheus that already listens here."));
            offers.add(Offer.of(
                    "metrics",
                    List.of(port(Protocol.TCP, metricsPort())),
                    "monitoring",
                    "Metrics of this agent; a Prometheus already uses 9090."));
        }
        doors.at(Protocol.TCP, LOKI)
                .ifPresent(d -> offers.add(Offer.of("loki", List.of(d.ports()), "monitoring", "Logs for Grafana.")));
    }

    /** The usual port, or the first free one from 9095 on if another program has it. */
    int metricsPort() {
        return isFree(METRICS)
                ? METRICS
                : IntStream.rangeClosed(OTHER_METRICS, PortRange.HIGHEST)
                        .filter(this::isFree)
                        .findFirst()
                        .orElse(OTHER_METRICS);
    }

    private boolean isFree(int port) {
        return !doors.isLocal(Protocol.TCP, port)
                && doors.at(Protocol.TCP, port)
                        .map(d -> Doors.programs(d).allMatch("portero"::equals)
                                && Doors.programs(d).findAny().isPresent())
                        .orElse(true);
    }

    private void add(String name, List<PortRange> ports, String why) {
        if (!ports.isEmpty()) {
            offers.add(new Offer(name, ports, "any", Offer.on(onlyPrivate(ports)), why));
        }
    }

    /** The interfaces of all listeners at these ports, if they are bound only to private ones. */
    private SortedSet<String> onlyPrivate(List<PortRange> ports) {
        var listeners = doors.open().stream()
                .filter(d -> ports.stream().anyMatch(d.ports()::overlaps))
                .flatMap(d -> d.listeners().stream())
                .toList();
        return new Interfaces(host.surroundings()).onlyPrivate(listeners);
    }

    static PortRange port(Protocol protocol, int port) {
        return new PortRange(protocol, port, port);
    }
}
