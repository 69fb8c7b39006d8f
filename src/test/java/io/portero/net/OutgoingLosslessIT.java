package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.lab.Place;
import io.portero.plan.IntervalSets;
import io.portero.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Changes of outgoing under traffic: no packet is lost that both policies let leave, and none leaves that both refuse.
 *
 * <p>The kernel counts each packet before and after the choke point. {@code -Dlossless.changes} makes the test longer.
 */
class OutgoingLosslessIT {
    private static final int CHANGES = Integer.getInteger("lossless.changes", 20);

    /** Each datagram starts a flow; ports 7000 and 7001 are admitted, and 7002 never is. */
    private static final String FLOWS = """
            import socket, time
            end = time.time() + 600
            while time.time() < end:
                for host in ('203.0.113.10', '2001:db8:203::10'):
                    for port in (7000, 7001, 7002):
                        s = socket.socket(socket.AF_INET6 if ':' in host else socket.AF_INET, socket.SOCK_DGRAM)
                        try:
                            s.sendto(b'x', (host, port))
                        except PermissionError:
                            pass
                        s.close()
                time.sleep(0.002)
            """;

    /** Policies with default accept and with default drop, with groups in some, and with changing members. */
    private static Policy policy(int change) {
        var group = change % 2 == 0 ? "itsp" : "carrier";
        var others = IntStream.range(0, 400)
                .mapToObj(i -> "100.64." + (i / 64 + change % 3) + "." + i % 64 * 4)
                .collect(Collectors.joining(", "));
        var members = "203.0.113.0/" + (24 + change % 4) + ", \"2001:db8:203::/" + (48 + change % 5) + "\", " + others;
        return TestLab.policy(
                """
                groups: { %1$s: [%2$s] }
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                outgoing:
                  default: %3$s
                  services:
                    media: { ports: [7000/udp%4$s], to: [%1$s] }
                    more: { ports: [7001/udp], to: [any] }
                  refuse:
                    rest: { ports: [7000-7010/udp], to: [any] }
                """.formatted(group, members, change % 3 == 0 ? "drop" : "accept", change % 2 == 0 ? "" : ", 53/udp"));
    }

    @Test
    void changesOfOutgoingLoseNothingAndLeakNothing() throws Exception {
        losesAndLeaksNothing(IntervalSets.IN_PLACE);
        losesAndLeaksNothing(IntervalSets.ANEW);
    }

    /** The base chains are also added and removed. */
    @Test
    void addingAndRemovingOutgoingLosesNothing() throws Exception {
        var open = TestLab.policy("services: { ssh: { ports: [22/tcp], from: [any], management: true } }");
        try (var net = TestLab.build(Place.HOST, Place.CONTAINER)) {
            net.enforce(open);
            var traffic = traffic(net, i -> i % 2 == 0 ? open : policy(i), CHANGES / 2);
            traffic.assertNothingIsLost(7000, 7001);
            // Between two policies of which only one admits it, such a packet may leave or not.
            assertThat(traffic.lost(7002)).isPositive().isLessThan(traffic.sent(7002));
        }
    }

    private static void losesAndLeaksNothing(IntervalSets intervals) throws Exception {
        try (var net = TestLab.build(Place.HOST, Place.CONTAINER)) {
            net.change(intervals);
            net.enforce(policy(0));
            var traffic = traffic(net, OutgoingLosslessIT::policy, CHANGES);
            System.out.println("outgoing, " + intervals + ": " + CHANGES + " changes, " + traffic);
            traffic.assertNothingIsLost(7000, 7001);
            assertThat(traffic.sent(7002)).isPositive();
            assertThat(traffic.lost(7002)).as("nothing leaks").isEqualTo(traffic.sent(7002));
        }
    }

    /** The packets that the host and a container sent during this number of changes. */
    private static Traffic traffic(TestLab net, IntFunction<Policy> policies, int changes) throws Exception {
        var departures = new Departures(net);
        var command = List.of("python3", "-c", FLOWS);
        departures.start();
        try (var host = net.lab.start(Place.HOST, "flows", command);
                var container = net.lab.start(Place.CONTAINER, "flows", command)) {
            Thread.sleep(300);
            for (int i = 1; i <= changes; i++) {
                net.enforce(policies.apply(i));
            }
            Thread.sleep(300);
            assertThat(host.isAlive() && container.isAlive()).isTrue();
        }
        Thread.sleep(300);
        return new Traffic(departures.sent(), departures.left());
    }

    private record Traffic(Map<Departures.To, Long> sent, Map<Departures.To, Long> left) {
        void assertNothingIsLost(int... ports) {
            for (int port : ports) {
                assertThat(sent(port)).isPositive();
                assertThat(lost(port))
                        .as("lost on the way to port %d: %s", port, this)
                        .isZero();
            }
        }

        long sent(int port) {
            return sum(sent, port);
        }

        long lost(int port) {
            return sent(port) - sum(left, port);
        }

        private static long sum(Map<Departures.To, Long> counts, int port) {
            return counts.entrySet().stream()
                    .filter(e -> e.getKey().port() == port)
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }
}
