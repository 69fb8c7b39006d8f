package io.portero.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackgroundWriterTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private final CountDownLatch disk = new CountDownLatch(1);

    private Optional<String> hang() {
        try {
            disk.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    @Test
    void writesEverythingInOrderBeforeItEnds() {
        var done = Collections.synchronizedList(new ArrayList<Integer>());
        try (var writer = new BackgroundWriter()) {
            for (int i = 0; i < 500; i++) {
                int number = i;
                writer.later(() -> {
                    done.add(number);
                    return Optional.empty();
                });
            }
        }
        assertThat(done).hasSize(500).isSorted();
    }

    @Test
    void refusesTooManyWritesAndReportsIt() {
        try (var writer = new BackgroundWriter(3)) {
            writer.later(this::hang);
            var refused = Optional.<String>empty();
            for (int i = 0; i < 5; i++) {
                refused = writer.later(Optional::empty);
            }
            assertThat(refused.orElseThrow()).contains("the disk is too slow");
            disk.countDown();
        }
    }

    @Test
    void waitsForAHangingDiskOnlyForTheGivenTime() {
        try (var writer = new BackgroundWriter()) {
            assertThat(writer.settle(LONG)).isEmpty();
            writer.later(this::hang);
            assertThat(writer.settle(Duration.ofMillis(50)).orElseThrow())
                    .contains("check with dmesg whether it hangs");
            disk.countDown();
            Awaitility.await().until(() -> writer.settle(LONG).isEmpty());
        }
    }

    @Test
    void reportsWhyAWriteFailed() {
        try (var writer = new BackgroundWriter()) {
            writer.later(() -> Optional.of("no space left"));
            assertThat(writer.settle(LONG)).isEmpty();
            assertThat(writer.takeFailures()).containsExactly("no space left");
            assertThat(writer.takeFailures()).isEmpty();
        }
    }

    @Test
    void readsPendingWritesAsIfTheyWereOnDisk() throws IOException {
        Files.writeString(directory.resolve("kept"), "old");
        try (var writer = new BackgroundWriter()) {
            var state = StateDirectory.deferred(directory, writer);
            writer.later(this::hang);
            state.write("mark", "1");
            state.write("mark", "2");
            state.delete("kept");
            assertThat(state.read("mark")).contains("2");
            assertThat(state.read("kept")).isEmpty();
            assertThat(directory.resolve("mark")).doesNotExist();
            assertThat(directory.resolve("kept")).exists();
            disk.countDown();
            assertThat(state.settle(LONG)).isEmpty();
            assertThat(List.of(state.read("mark").orElseThrow(), Files.readString(directory.resolve("mark"))))
                    .containsOnly("2");
            assertThat(directory.resolve("kept")).doesNotExist();
        }
    }
}
