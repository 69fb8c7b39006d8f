package io.portero.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Firewall.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CounterMemoryTest {
    @TempDir
    private Path directory;

    private static Map<String, Count> shown(long packets) {
        return Map.of("sip", new Count(packets, packets * 100));
    }

    @Test
    void neverGoesBackwardsWhenTheKernelCountsFromZero() {
        var memory = CounterMemory.in(directory);
        assertThat(memory.totals(shown(10))).isEqualTo(shown(10));
        assertThat(memory.totals(shown(3))).isEqualTo(shown(13));
        assertThat(memory.totals(shown(5))).isEqualTo(shown(15));
        assertThat(memory.totals(Map.of())).isEqualTo(shown(15)); // the object of the counter was deleted
    }

    @Test
    void continuesAfterARestartAndAfterCorruption() throws IOException {
        var before = CounterMemory.in(directory);
        before.totals(shown(10));
        before.totals(shown(3));
        before.save();
        assertThat(CounterMemory.in(directory).totals(shown(4))).isEqualTo(shown(14));
        Files.writeString(directory.resolve("counters.json"), "{\"sip\":{\"last\":");
        assertThat(CounterMemory.in(directory).totals(shown(4))).isEqualTo(shown(4));
    }
}
