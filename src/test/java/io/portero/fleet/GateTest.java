package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class GateTest {
    private static long admitted(int percent) {
        var gate = new Gate(1, percent, Set.of());
        return IntStream.range(0, 10_000).filter(i -> gate.admits("host" + i)).count();
    }

    @Test
    void admitsAboutTheGivenPercentageOfHosts() {
        assertThat(admitted(0)).isZero();
        assertThat(admitted(1)).isBetween(60L, 140L);
        assertThat(admitted(50)).isBetween(4_800L, 5_200L);
        assertThat(admitted(100)).isEqualTo(10_000);
    }

    @Test
    void admittedHostsStayAdmittedInAWiderGate() {
        var narrow = new Gate(1, 10, Set.of());
        var wide = new Gate(1, 50, Set.of());
        assertThat(IntStream.range(0, 1_000).mapToObj(i -> "host" + i).filter(narrow::admits))
                .allMatch(wide::admits);
    }

    @Test
    void canariesAreAlwaysAdmitted() {
        assertThat(new Gate(1, 0, Set.of("voice1")).admits("voice1")).isTrue();
        assertThat(new Gate(1, 0, Set.of("voice1")).admits("voice2")).isFalse();
    }

    @Test
    void isReadBackAsItWasWritten() {
        var gate = new Gate(7, 10, Set.of("b", "a"));
        assertThat(Gate.parse(gate.bytes())).contains(gate);
        assertThat(Gate.parse("no gate".getBytes(StandardCharsets.UTF_8))).isEmpty();
        assertThat(Gate.parse(new byte[0])).isEmpty();
    }
}
