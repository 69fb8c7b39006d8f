package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FootprintTest {
    private static List<Footprint> life(long pid, int length, IntUnaryOperator descriptors) {
        return IntStream.range(0, length)
                .mapToObj(i -> new Footprint(pid, 10_000, descriptors.applyAsInt(i), 1))
                .toList();
    }

    @Test
    void findsALeak() {
        assertThat(Footprint.growth(life(1, 40, i -> 50 + i)))
                .singleElement()
                .asString()
                .startsWith("descriptors grew");
    }

    @Test
    void temporaryGrowthIsNotALeak() {
        assertThat(Footprint.growth(life(1, 40, i -> 50 + i % 3))).isEmpty();
    }

    @Test
    void anotherProcessMayUseMore() {
        var course = Stream.of(life(1, 20, i -> 50), life(2, 20, i -> 90))
                .flatMap(List::stream)
                .toList();
        assertThat(Footprint.growth(course)).isEmpty();
    }
}
