package io.portero.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.exposure.Listener;
import io.portero.exposure.Membership;
import io.portero.policy.AddressRange;
import io.portero.policy.Explainer;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Surroundings;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import io.portero.safety.LockoutGuard;
import io.portero.safety.LockoutGuard.Judgement;
import io.portero.safety.Session;
import io.portero.safety.WayIn;
import io.portero.telephony.ConfiguredPorts;
import io.portero.telephony.Installation;
import io.portero.telephony.Use;
import io.portero.telephony.VoiceProgram;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProposalTest {
    private static final Wishes NONE = new Wishes(List.of(), List.of(), List.of());
    private static final Wishes ALL =
            new Wishes(List.of("198.51.100.7", "home.example.net"), List.of("203.0.113.0/24"), List.of("192.0.2.10"));
    private static final String STRANGER = "192.0.2.99";

    private final List<Listener> listeners = new ArrayList<>();
    private final List<Session> sessions = new ArrayList<>();
    private final List<Installation> voice = new ArrayList<>();
    private final List<Membership> memberships = new ArrayList<>();
    private Surroundings surroundings = Surroundings.UNKNOWN;
    private List<PortRange> ssh = HostFacts.sshPorts(new TreeSet<>());

    private void listens(String ports, String at, String program) throws Exception {
        listeners.add(new Listener.Socket(PortRange.parse(ports), Ip.parse(at), program));
    }

    private void published(String ports, String to) throws Exception {
        listeners.add(new Listener.Published(PortRange.parse(ports), AddressRange.parse("0.0.0.0/0"), to));
    }

    private void loggedIn(String from, int port) throws Exception {
        sessions.add(new Session(Ip.parse(from), 40000, port, true));
    }

    private void omniLeads() throws Exception {
        listens("22/tcp", "0.0.0.0", "sshd");
        listens("5060/udp", "0.0.0.0", "asterisk");
        listens("7088/tcp", "0.0.0.0", "asterisk");
        listens("10060/tcp", "0.0.0.0", "kamailio");
        listens("22222/udp", "0.0.0.0", "rtpengine");
        listens("5432/tcp", "0.0.0.0", "postgres");
        listens("6379/tcp", "0.0.0.0", "redis-server");
        listens("9100/tcp", "::", "node_exporter");
        listens("68/udp", "0.0.0.0", "dhclient");
        published("443/tcp", "10.88.0.5:443");
        published("80/tcp", "10.88.0.5:80");
        published("15432/tcp", "10.88.0.6:5432");
    }

    private String proposed(Wishes wishes) {
        return Proposal.of(new HostFacts(ssh, sessions, listeners, surroundings, voice, memberships), wishes);
    }

    private static Policy policy(String text) {
        return switch (new PolicyReader().parse("proposal", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems() + "\n" + text);
        };
    }

    private static Verdict verdict(Policy policy, String from, String to) throws Exception {
        return new Explainer(policy)
                .explain(Ip.parse(from), new Target.Port(PortRange.parse(to)))
                .verdict();
    }

    private static boolean admits(Policy policy, String from, String to) throws Exception {
        return verdict(policy, from, to) == Verdict.ACCEPT;
    }

    @Test
    void opensOnlySshOnAnUnknownHost() throws Exception {
        var policy = policy(proposed(NONE));
        assertThat(policy.enabledServices()).hasSize(1);
        assertThat(admits(policy, STRANGER, "22/tcp")).isTrue();
        assertThat(admits(policy, STRANGER, "443/tcp")).isFalse();
    }

    @Test
    void usesThePortOfARunningSshd() throws Exception {
        ssh = HostFacts.sshPorts(new TreeSet<>(List.of(2022, 443)));
        listens("443/tcp", "0.0.0.0", "sshd");
        var policy = policy(proposed(ALL));
        assertThat(admits(policy, "198.51.100.7", "443/tcp")).isTrue();
        assertThat(admits(policy, "198.51.100.7", "2022/tcp")).isTrue();
        assertThat(admits(policy, STRANGER, "443/tcp")).isFalse();
        assertThat(admits(policy, "198.51.100.7", "22/tcp")).isFalse();
    }

    @Test
    void admitsLoggedInSourcesWithoutAnOption() throws Exception {
        loggedIn("203.0.113.5", 22);
        loggedIn("2001:db8::5", 22);
        loggedIn("127.0.0.1", 22);
        for (var wishes : List.of(NONE, ALL)) {
            var policy = policy(proposed(wishes));
            assertThat(LockoutGuard.judge(policy, WayIn.remote(sessions))).isEqualTo(new Judgement.Passable(List.of()));
        }
        assertThat(proposed(ALL))
                .containsPattern("\n    - 203.0.113.5 +# is logged in now, but was not given\n")
                .containsPattern("\n    - \"2001:db8::5\" +# is logged in now")
                .doesNotContain("127.0.0.1 ");
        assertThat(proposed(NONE)).contains("  #  - 203.0.113.5").contains("from: [any], management: true");
    }

    @Test
    void recognisesOmniLeads() throws Exception {
        omniLeads();
        var text = proposed(ALL);
        var policy = policy(text);
        assertThat(text).contains("looks like OMniLeads").contains("RTPengine's control port 22222/udp");
        for (var open : List.of("443/tcp", "80/tcp", "20000/udp", "22221/udp", "22223/udp", "30000/udp")) {
            assertThat(admits(policy, STRANGER, open)).as(open).isTrue();
        }
        for (var carriers : List.of("5060/udp", "40000/udp", "50000/udp")) {
            assertThat(admits(policy, "203.0.113.9", carriers)).as(carriers).isTrue();
            assertThat(admits(policy, STRANGER, carriers)).as(carriers).isFalse();
        }
        assertThat(admits(policy, "192.0.2.10", "9090/tcp")).isTrue();
        assertThat(policy.tests()).hasSizeGreaterThan(10);
    }

    @Test
    void opensNoDangerousPorts() throws Exception {
        omniLeads();
        for (var wishes : List.of(NONE, ALL)) {
            var text = proposed(wishes);
            var policy = policy(text);
            for (var port :
                    List.of("5432/tcp", "6379/tcp", "9100/tcp", "7088/tcp", "10060/tcp", "22222/udp", "15432/tcp")) {
                for (var from : List.of(STRANGER, "203.0.113.9", "192.0.2.10", "198.51.100.7")) {
                    assertThat(admits(policy, from, port)).as(from + " " + port).isFalse();
                }
                assertThat(text).containsPattern("  #   " + port + " ");
            }
        }
        assertThat(proposed(NONE))
                .contains("  #   5432/tcp     PostgreSQL, postgres\n")
                .contains("  #   15432/tcp    PostgreSQL, published, leads to 10.88.0.6:5432\n")
                .doesNotContain("dhclient");
    }

    @Test
    void admitsTheWholeRangeOfRtpengineIfItsControlPortIsUnreachable() throws Exception {
        listens("5060/udp", "0.0.0.0", "asterisk");
        listens("22222/udp", "127.0.0.1", "rtpengine");
        assertThat(admits(policy(proposed(NONE)), STRANGER, "22222/udp")).isTrue();
    }

    @Test
    void recognisesTheRangesOfTheComposeFilesByTheirSockets() throws Exception {
        omniLeads();
        listens("33000/udp", "192.0.2.1", "asterisk");
        var policy = policy(proposed(ALL));
        assertThat(admits(policy, "203.0.113.9", "33000/udp")).isTrue();
        assertThat(admits(policy, "203.0.113.9", "40001/udp")).isFalse();
    }

    @Test
    void usesAnotherMetricsPortIfPrometheusHasTheDefault() throws Exception {
        listens("9090/tcp", "0.0.0.0", "prometheus");
        listens("9095/tcp", "127.0.0.1", "something");
        var policy = policy(proposed(ALL));
        assertThat(admits(policy, "192.0.2.10", "9090/tcp")).isTrue();
        assertThat(admits(policy, "192.0.2.10", "9096/tcp")).isTrue();
        assertThat(admits(policy, STRANGER, "9096/tcp")).isFalse();
        assertThat(proposed(ALL)).contains("metrics: { host: 0.0.0.0, port: 9096 }");
        assertThat(proposed(NONE)).contains("  #   9090/tcp     Prometheus\n");
    }

    @Test
    void proposesACarriersServicesBeforeAnythingListensForIt() throws Exception {
        var policy = policy(proposed(ALL));
        assertThat(admits(policy, "203.0.113.9", "5060/udp")).isTrue();
        assertThat(admits(policy, STRANGER, "20000/udp")).isFalse();
    }

    @Test
    void unknownListenersAreCommentedServicesThatAreValid() throws Exception {
        omniLeads();
        listens("8000/tcp", "0.0.0.0", "");
        listens("8001/tcp", "0.0.0.0", "My App: \"x\"");
        listens("8002/tcp", "::", "ssh");
        listens("8003/udp", "192.0.2.1", "4you");
        published("8443/tcp", "10.88.0.9:443\nservices: {}");
        for (int i = 0; i < 20; i++) {
            listens((52000 + 2 * i) + "/udp", "192.0.2.1", "talker");
        }
        var text = proposed(ALL);
        assertThat(text).contains("  #   20 ports from 52000 to 52038/udp: talker\n");
        assertThat(admits(policy(text), STRANGER, "8000/tcp")).isFalse();
        var opened = policy(text.replaceAll("(?m)^ {2}# ([a-z0-9-]+: \\{)", "  $1"));
        for (var port : List.of("8000/tcp", "8001/tcp", "8002/tcp", "8003/udp", "8443/tcp")) {
            assertThat(admits(opened, STRANGER, port)).as(port).isTrue();
        }
        assertThat(admits(opened, STRANGER, "22222/udp")).isFalse();
    }

    private void runs(VoiceProgram program, ConfiguredPorts... ports) {
        voice.add(new Installation(program, true, false, "", List.of(ports), List.of()));
    }

    private static ConfiguredPorts set(Use use, String ports, String file) throws Exception {
        return new ConfiguredPorts(use, PortRange.parse(ports), Optional.empty(), "it", "the key", file);
    }

    private static boolean isForAnybody(String text, String port) throws Exception {
        return admits(policy(text), STRANGER, port);
    }

    @Test
    void anAsteriskIsProposedOnItsPortsForTheCarrierOnly() throws Exception {
        listens("52000/udp", "0.0.0.0", "asterisk");
        listens("4569/udp", "0.0.0.0", "asterisk");
        listens("5039/tcp", "0.0.0.0", "asterisk");
        runs(
                VoiceProgram.ASTERISK,
                set(Use.SIP, "52000/udp", "/etc/asterisk/pjsip.conf"),
                set(Use.CONTROL, "5039/tcp", "/etc/asterisk/manager.conf"),
                set(Use.MEDIA, "12000-13000/udp", "/etc/asterisk/rtp.conf"));
        var policy = policy(proposed(ALL));
        for (var port : List.of("52000/udp", "12000/udp", "13000/udp")) {
            assertThat(admits(policy, "203.0.113.9", port)).as(port).isTrue();
            assertThat(admits(policy, STRANGER, port)).as(port).isFalse();
        }
        assertThat(admits(policy, "203.0.113.9", "5060/udp")).isFalse();
        assertThat(admits(policy, "203.0.113.9", "5039/tcp")).isFalse();
        assertThat(proposed(NONE))
                .contains("  itsp: []")
                .contains("  sip: { ports: [52000/udp], from: [itsp], on-revoke: drain }")
                .contains("the key of /etc/asterisk/rtp.conf")
                .contains("  #   5039/tcp     Asterisk it, asterisk")
                .contains("  # asterisk: { ports: [4569/udp], from: [itsp] }");
    }

    @Test
    void theSocketOfAnAsteriskWithUnknownSettingsCountsAsSip() throws Exception {
        listens("52000/udp", "0.0.0.0", "asterisk");
        voice.add(new Installation(
                VoiceProgram.ASTERISK, true, false, "", List.of(), List.of("/etc/asterisk/pjsip.conf")));
        assertThat(proposed(NONE))
                .contains("  sip: { ports: [52000/udp], from: [itsp], on-revoke: drain }")
                .doesNotContain("5060")
                .contains("  rtp: { ports: [10000-20000/udp], from: [itsp], on-revoke: drain }")
                .contains("# Not readable, so only the sockets were used: Asterisk\n# (/etc/asterisk/pjsip.conf);");
    }

    @Test
    void freeSwitchAndThreeCxAreProposedWithTheirOwnRanges() throws Exception {
        runs(
                VoiceProgram.FREESWITCH,
                set(Use.SIP, "5060/udp", ""),
                set(Use.SIP, "5080/udp", ""),
                set(Use.WEBSOCKET, "7443/tcp", ""),
                set(Use.MEDIA, "16384-32768/udp", ""));
        runs(
                VoiceProgram.THREECX,
                set(Use.SIP, "5061/tcp", ""),
                set(Use.TUNNEL, "5090/tcp", ""),
                set(Use.MEDIA, "9000-10999/udp", ""));
        listens("22222/udp", "0.0.0.0", "rtpengine");
        var text = proposed(ALL);
        assertThat(text)
                .contains("  sip: { ports: [5060/udp, 5080/udp], from: [itsp], on-revoke: drain }")
                .contains("  rtp: { ports: [16384-22221/udp, 22223-32768/udp], from: [itsp], on-revoke: drain }")
                .contains("  threecx-rtp: { ports: [9000-10999/udp], from: [itsp], on-revoke: drain }")
                .contains("  tunnel: { ports: [5090/tcp], from: [phones] }")
                .contains("  phones: []");
        for (var port : List.of("5060/udp", "5080/udp", "5061/tcp", "5090/tcp", "7443/tcp", "9000/udp", "20000/udp")) {
            assertThat(isForAnybody(text, port)).as(port).isFalse();
        }
    }

    @Test
    void aRelayForBrowsersIsOpenToEverybodyAndASipProxyIsNot() throws Exception {
        listens("5060/udp", "192.0.2.1", "kamailio");
        listens("3478/udp", "192.0.2.1", "turnserver");
        runs(VoiceProgram.KAMAILIO, set(Use.SIP, "5060/udp", ""), set(Use.SIP, "5060/tcp", ""));
        runs(VoiceProgram.RTPENGINE, set(Use.MEDIA, "30000-40000/udp", "/etc/rtpengine/rtpengine.conf"));
        runs(
                VoiceProgram.COTURN,
                set(Use.TURN, "3478/udp", ""),
                set(Use.MEDIA, "49152-65535/udp", "/etc/turnserver.conf"));
        var text = proposed(ALL);
        assertThat(text)
                .contains("Telephony: Kamailio, RTPengine, coturn.")
                .doesNotContain("OMniLeads")
                .contains("  sip: { ports: [5060/udp], from: [itsp], on-revoke: drain }")
                .contains("  rtp: { ports: [30000-40000/udp], from: [itsp], on-revoke: drain }")
                .contains("  turn: { ports: [3478/udp], from: [any] }")
                .contains("  turn-relay: { ports: [49152-65535/udp], from: [any] }");
    }

    @Test
    void aKamailioWithoutAnAsteriskIsNotMistakenForOmniLeads() throws Exception {
        for (var at : List.of("127.0.0.1", "192.0.2.1")) {
            listeners.clear();
            listens("5060/udp", at, "kamailio");
            assertThat(proposed(NONE)).as(at).doesNotContain("OMniLeads").doesNotContain("https");
        }
    }

    @Test
    void omniLeadsIsProposedWithTheConfiguredRangesOfItsPrograms() throws Exception {
        omniLeads();
        runs(VoiceProgram.ASTERISK, set(Use.MEDIA, "41000-42000/udp", "/etc/asterisk/rtp.conf"));
        runs(VoiceProgram.RTPENGINE, set(Use.MEDIA, "21000-23000/udp", "/etc/rtpengine/rtpengine.conf"));
        assertThat(proposed(ALL))
                .contains("  webrtc: { ports: [21000-22221/udp, 22223-23000/udp], from: [any] }")
                .contains("  rtp: { ports: [41000-42000/udp], from: [itsp], on-revoke: drain }");
    }

    /** Debian's rtpengine.conf with an OMniLeads: the doctor reports the overlap, not the proposal. */
    @Test
    void overlappingRangesStillGiveAValidPolicy() throws Exception {
        omniLeads();
        runs(VoiceProgram.RTPENGINE, set(Use.MEDIA, "30000-40000/udp", "/etc/rtpengine/rtpengine.conf"));
        var policy = policy(proposed(ALL));
        assertThat(admits(policy, STRANGER, "40000/udp")).isTrue();
        assertThat(admits(policy, STRANGER, "40001/udp")).isFalse();
    }

    @Test
    void protocolsOfAClusterAreProposedForItsOtherHosts() throws Exception {
        listens("vrrp", "0.0.0.0", "keepalived");
        memberships.add(new Membership("eth1", Ip.parse("224.0.0.18")));
        surroundings = new Surroundings(
                new TreeMap<>(Map.of(
                        "eth0", new TreeSet<>(List.of(Ip.parse("8.8.8.8"))),
                        "eth1", new TreeSet<>(List.of(Ip.parse("10.20.0.5"))))),
                List.of(),
                new TreeSet<>());
        listens("8123/tcp", "10.20.0.5", "homemade");
        assertThat(proposed(ALL))
                .contains("# Interfaces: eth0 (public) 8.8.8.8; eth1 (private) 10.20.0.5.")
                .contains("  cluster: []")
                .contains("  # VRRP, spoken by keepalived on eth1 (private): put the other hosts into\n  # cluster")
                .contains("  vrrp: { ports: [vrrp], from: [cluster] }")
                .containsPattern(
                        "# homemade: \\{ ports: \\[8123/tcp], from: \\[any], on: \\[eth1] } # homemade on eth1 \\(private\\)");
        assertThat(admits(policy(proposed(ALL)), STRANGER, "vrrp")).isFalse();
    }

    @Test
    void listenersOnAPrivateNetworkAreProposedOnlyThere() throws Exception {
        surroundings = new Surroundings(
                new TreeMap<>(Map.of(
                        "eth0", new TreeSet<>(List.of(Ip.parse("8.8.8.8"))),
                        "eth1", new TreeSet<>(List.of(Ip.parse("10.20.0.5"))),
                        "docker0", new TreeSet<>(List.of(Ip.parse("172.17.0.1"))))),
                List.of(),
                new TreeSet<>());
        listens("443/tcp", "10.20.0.5", "nginx");
        listens("80/tcp", "10.20.0.5", "nginx");
        listens("80/tcp", "8.8.8.8", "nginx");
        listens("25/tcp", "172.17.0.1", "postfix");
        assertThat(proposed(NONE))
                .contains("  https: { ports: [443/tcp], from: [any], on: [eth1] }")
                .contains("to: 443/tcp, expect: drop")
                .contains("  http: { ports: [80/tcp], from: [any] }")
                .contains("  smtp: { ports: [25/tcp], from: [any] }");
        assertThat(policy(proposed(NONE)).services().get("https").entrance().interfaces())
                .isEqualTo("eth1");
    }

    @Test
    void fitsATerminal() throws Exception {
        omniLeads();
        loggedIn("2001:db8:1234:5678:9abc:def0:1234:5678", 22);
        var comments =
                proposed(ALL).lines().filter(l -> l.strip().startsWith("#")).collect(Collectors.toList());
        assertThat(comments).hasSizeGreaterThan(10).allMatch(l -> l.length() <= 80);
        assertThat(Stream.of(proposed(ALL), proposed(NONE)))
                .allMatch(t -> t.chars().allMatch(c -> c == '\n' || c >= ' '));
    }
}
