package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.lab.Place;
import io.portero.plan.IntervalSets;
import io.portero.policy.Policy;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Changing what may leave under traffic: no packet that both policies let leave is lost, none that both refuse leaves.
 *
 * <p>Counted by the kernel before and behind the choke point, to the packet. {@code -Dlossless.changes} makes it longer.
 */
class OutgoingLosslessIT {
    private static final int CHANGES = Integer.getInteger("lossless.changes", 20);

    /** Each datagram begins a flow; ports 7000 and 7001 may be reached, 7002 never. */
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

    /** With default accept and with default drop, with groups by turns, and with members that come and go. */
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
    void changesOfWhatMayLeaveLoseNothingAndLeakNothing() throws Exception {
        losesAndLeaksNothing(IntervalSets.IN_PLACE);
        losesAndLeaksNothing(IntervalSets.ANEW);
    }

    private static void losesAndLeaksNothing(IntervalSets intervals) throws Exception {
        try (var net = TestLab.build(Place.HOST)) {
            net.change(intervals);
            net.enforce(policy(0));
            var departures = new Departures(net);
            departures.start();
            try (var flows = net.lab.start(Place.HOST, "flows", List.of("python3", "-c", FLOWS))) {
                Thread.sleep(300);
                for (int i = 1; i <= CHANGES; i++) {
                    net.enforce(policy(i));
                }
                assertThat(flows.isAlive()).isTrue();
            }
            Thread.sleep(300);
            var sent = departures.sent();
            var left = departures.left();
            System.out.println("outgoing, " + intervals + ": " + CHANGES + " changes, sent " + sent + ", left " + left);
            for (var to :
                    sent.keySet().stream().filter(t -> t.port() / 10 == 700).toList()) {
                long lost = sent.get(to) - left.getOrDefault(to, 0L);
                if (to.port() == 7002) {
                    assertThat(left).as("nothing leaks").doesNotContainKey(to);
                } else {
                    assertThat(lost).as("lost on the way to %s", to).isZero();
                }
            }
            assertThat(ports(sent)).contains(7000L, 7001L, 7002L);
        }
    }

    private static List<Long> ports(Map<Departures.To, Long> counts) {
        return counts.keySet().stream().map(t -> (long) t.port()).toList();
    }
}
