package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.host.LogindSessions.Login;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.safety.Session;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IncomingSessionsTest {
    private static final List<PortRange> SSH = List.of(new PortRange(Protocol.TCP, 22, 22));
    private static final List<String> ROUTES = List.of(
            "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT",
            "eth0 00000000 FE0200C0 0003 0 0 0 00000000 0 0 0",
            "docker0 000011AC 00000000 0001 0 0 0 0000FFFF 0 0 0",
            "wg0 0000080A 00000000 0001 0 0 0 00FFFFFF 0 0 0");

    @TempDir
    private Path proc;

    private Set<Ip> own;
    private List<Login> logins;

    @BeforeEach
    void start() {
        own = Set.of(ip("192.0.2.1"));
        logins = List.of(new Login("logind session 3", ip("203.0.113.9"), 0));
    }

    private static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(e);
        }
    }

    private List<Session> tracked(String... lines) {
        return sessions(List.of(), lines);
    }

    private boolean asked;

    private IncomingSessions incoming(List<String> sockets) {
        return new IncomingSessions(
                SocketTable.parse(sockets),
                own,
                new Logins(SshLogins.read(proc), logins),
                Routes.parse(ROUTES, List.of()),
                "docker0"::equals);
    }

    private List<Session> sessions(List<String> sockets, String... lines) {
        return incoming(sockets).at(SSH, ConntrackTable.parse(Stream.of(lines), line -> true));
    }

    private List<Session> live(List<String> sockets, String... lines) {
        return incoming(sockets).liveAt(SSH, ports -> {
            asked = true;
            return ConntrackTable.parse(Stream.of(lines), line -> true);
        });
    }

    private static String flow(String from, String to) {
        return "ipv4 2 tcp 6 431999 ESTABLISHED src=" + from + " dst=" + to + " sport=40000 dport=22 src=" + to
                + " dst=" + from + " sport=22 dport=40000 [ASSURED] mark=0 use=1";
    }

    @Test
    void readsASessionWithItsInterfaceAndLogin() {
        assertThat(tracked(flow("203.0.113.9", "192.0.2.1"), flow("10.8.0.2", "192.0.2.1")))
                .extracting(s ->
                        s.peer() + " " + s.via().orElse("-") + " " + s.login().orElse("-"))
                .containsExactly("203.0.113.9 eth0 logind session 3", "10.8.0.2 wg0 -");
    }

    /** For example, a git fetch of this host or of a container connects to port 22. */
    @Test
    void flowsStartedByThisHostAndItsContainersAreNotSessions() {
        assertThat(tracked(
                        flow("192.0.2.1", "198.51.100.50"),
                        flow("172.17.0.2", "198.51.100.50"),
                        flow("172.17.0.2", "192.0.2.1")))
                .isEmpty();
    }

    @Test
    void aSocketCountsIfAProgramListensOnItsPort() {
        var listening = "0: 00000000:0016 00000000:0000 0A 0:0 00:0 0 0 0 100 1 0";
        var session = "1: 010200C0:0016 097100CB:9C40 01 0:0 00:0 0 0 0 101 1 0";
        assertThat(sessions(List.of(listening, session))).hasSize(1);
    }

    /** A login for one command ends before the sockets are read. */
    @Test
    void findsEndedSessionsInConnectionTracking() {
        var listening = "0: 00000000:0016 00000000:0000 0A 0:0 00:0 0 0 0 100 1 0";
        var session = "1: 010200C0:0016 097100CB:9C40 01 0:0 00:0 0 0 0 101 1 0";
        var gone = flow("203.0.113.10", "192.0.2.1").replace("ESTABLISHED", "TIME_WAIT");
        assertThat(sessions(List.of(listening, session), gone)).hasSize(2);
        assertThat(live(List.of(listening), gone)).isEmpty();
    }

    /** Reading connection tracking takes a fifth of a second with 100,000 flows. */
    @Test
    void forLiveSessionsReadsConnectionTrackingOnlyForPortsWithoutASocket() {
        var listening = "0: 00000000:0016 00000000:0000 0A 0:0 00:0 0 0 0 100 1 0";
        var session = "1: 010200C0:0016 097100CB:9C40 01 0:0 00:0 0 0 0 101 1 0";
        assertThat(live(List.of(listening, session))).hasSize(1);
        assertThat(asked).isFalse();
        assertThat(live(List.of(listening), flow("203.0.113.9", "192.0.2.1"))).hasSize(1);
        assertThat(asked).isTrue();
        var over = session.replace(" 01 ", " 06 "); // TIME_WAIT
        asked = false;
        assertThat(live(List.of(listening, over))).isEmpty();
        assertThat(asked).isTrue();
    }
}
