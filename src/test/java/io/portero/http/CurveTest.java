package io.portero.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CurveTest {
    private static final long SECOND = 1_000_000_000L;

    private final Curve.Drawing drawing = new Curve.Drawing(Duration.ofSeconds(600), 600 * SECOND);

    private void add(int from, int to, double rate) {
        drawing.add(from * SECOND, to * SECOND, rate);
    }

    @Test
    void isDrawnInStepsFromTheOldestToNow() {
        add(0, 300, 5);
        add(300, 450, 10);
        add(450, 600, 0);
        assertThat(drawing.done())
                .isEqualTo(
                        new Curve("M0 24V12H60V1H90V23H120V24", "At most 10 packets a second in the last 10 minutes"));
    }

    @Test
    void mergesStepsOfTheSameHeight() {
        add(0, 10, 4);
        add(10, 20, 4);
        add(20, 600, 4);
        assertThat(drawing.done().path()).isEqualTo("M0 24V1H120V24");
    }

    @Test
    void hasAGapWithoutReadings() {
        add(0, 100, 1);
        add(300, 600, 1);
        assertThat(drawing.done().path()).isEqualTo("M0 24V1H20V24M60 24V1H120V24");
    }

    @Test
    void leavesOutOldStepsAndCutsAStepAtTheLeftEdge() {
        var late = new Curve.Drawing(Duration.ofSeconds(600), 1000 * SECOND);
        late.add(0, 400 * SECOND, 100);
        late.add(300 * SECOND, 700 * SECOND, 3);
        assertThat(late.done().path()).isEqualTo("M0 24V1H60V24");
    }

    @Test
    void isNotDrawnWithoutTraffic() {
        add(0, 600, 0);
        assertThat(drawing.done().drawn()).isFalse();
    }
}
