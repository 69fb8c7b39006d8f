package io.portero.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AccessTest {
    private static final int ROUNDS = Integer.getInteger("access.pairs", 200);

    /** The changes and the explainer must agree about every packet. */
    @Test
    void findsEveryPacketWhoseVerdictChanges() {
        for (long seed = 0; seed < ROUNDS; seed++) {
            var random = new Random(seed);
            var policies = new RandomPolicy(random);
            var before = policies.next();
            var after = policies.next();
            var changes = Access.changes(before, after);
            for (int i = 0; i < 100; i++) {
                var from = policies.randomAddress();
                int number = policies.randomPort();
                var port = new PortRange(random.nextBoolean() ? Protocol.TCP : Protocol.UDP, number, number);
                var arrival = Arrival.somewhere(
                        Optional.of(policies.randomInterface()), Optional.of(policies.randomOwn(from.family())));
                assertThat(verdictChange(changes, from, port, arrival))
                        .as("seed %d, %s to %s, %s", seed, from, port, arrival)
                        .isEqualTo(verdict(after, from, port, arrival).compareTo(verdict(before, from, port, arrival)));
            }
        }
    }

    private static Verdict verdict(Policy policy, Ip from, PortRange port, Arrival arrival) {
        return new Explainer(policy)
                .explain(from, new Target.Port(port), arrival)
                .verdict();
    }

    /** Positive for lost access, negative for gained access, in the order of the verdicts. */
    private static int verdictChange(List<Access.Change> changes, Ip from, PortRange port, Arrival arrival) {
        return changes.stream()
                .filter(c -> c.ports().contains(port)
                        && c.place()
                                .holds(arrival.via().orElseThrow(), arrival.at().orElseThrow()))
                .mapToInt(c -> c.lost().contains(from) ? 1 : c.gained().contains(from) ? -1 : 0)
                .sum();
    }
}
