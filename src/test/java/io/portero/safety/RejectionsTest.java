package io.portero.safety;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RejectionsTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    @TempDir
    private Path directory;

    private Rejections rejections(Instant now) {
        return new Rejections(new StateDirectory(directory), Clock.fixed(now, ZoneOffset.UTC));
    }

    @Test
    void remembersRejectionsOfTheLast30Days() {
        assertThat(rejections(NOW).isEmpty()).isTrue();
        rejections(NOW).add("one");
        rejections(NOW.plus(Duration.ofDays(20))).add("two");
        var later = rejections(NOW.plus(Duration.ofDays(30)));
        assertThat(later.isEmpty()).isFalse();
        assertThat(later.contains("one")).isTrue();
        assertThat(later.contains("two")).isTrue();
        assertThat(later.contains("three")).isFalse();
        assertThat(rejections(NOW.plus(Duration.ofDays(30)).plusSeconds(1)).contains("one"))
                .isFalse();
        assertThat(rejections(NOW.plus(Duration.ofDays(51))).isEmpty()).isTrue();
    }

    @Test
    void keepsTheLatest100() throws IOException {
        Files.writeString(
                directory.resolve("rejected"),
                IntStream.range(0, 100)
                        .mapToObj(i -> NOW.plusSeconds(i) + " digest-" + i + "\n")
                        .collect(Collectors.joining()));
        rejections(NOW.plusSeconds(100)).add("digest-100");
        assertThat(rejections(NOW).contains("digest-0")).isFalse();
        assertThat(rejections(NOW).contains("digest-1")).isTrue();
        assertThat(rejections(NOW).contains("digest-100")).isTrue();
    }

    @Test
    void skipsInvalidLines() throws IOException {
        Files.writeString(directory.resolve("rejected"), "rubbish\nyesterday one\n\n" + NOW + " two\n");
        assertThat(rejections(NOW).contains("one")).isFalse();
        assertThat(rejections(NOW).contains("two")).isTrue();
    }
}
