package io.portero.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTrailTest {
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path directory;

    private void append(AuditTrail trail, int count) {
        for (int i = 0; i < count; i++) {
            trail.append(AT, Map.of("event", "apply", "number", "" + i));
        }
    }

    private List<String> lines() throws IOException {
        return new ArrayList<>(new AuditTrail(directory).lines());
    }

    private AuditVerdict verdict() throws IOException {
        return new AuditTrail(directory).verify();
    }

    private Path file() {
        return directory.resolve("audit.jsonl");
    }

    private void assertWhole(int lines, int torn) throws IOException {
        assertThat(verdict()).isInstanceOfSatisfying(AuditVerdict.Whole.class, whole -> {
            assertThat(whole.lines()).isEqualTo(lines);
            assertThat(whole.torn()).isEqualTo(torn);
        });
    }

    @Test
    void chainsItsLinesAcrossARestart() throws IOException {
        append(new AuditTrail(directory), 3);
        append(new AuditTrail(directory), 2);
        assertThat(lines()).hasSize(5);
        assertWhole(5, 0);
    }

    @Test
    void isCompleteWhenNothingWasWritten() throws IOException {
        assertWhole(0, 0);
        assertThat(new AuditTrail(directory.resolve("absent")).verify()).isInstanceOf(AuditVerdict.Whole.class);
    }

    @Test
    void detectsAChangedDeletedOrInsertedLine() throws IOException {
        append(new AuditTrail(directory), 5);
        var good = lines();
        for (int i = 0; i < 5; i++) {
            var changed = new ArrayList<>(good);
            changed.set(i, changed.get(i).replace("apply", "other"));
            rewrite(changed);
            assertThat(verdict()).isEqualTo(new AuditVerdict.Forged(Math.min(5, i + 2), 5));
        }
        for (int i = 1; i < 4; i++) {
            var shorter = new ArrayList<>(good);
            shorter.remove(i);
            rewrite(shorter);
            assertThat(verdict()).isEqualTo(new AuditVerdict.Forged(i + 1, 4));
        }
        rewrite(List.of("rubbish"));
        assertThat(verdict()).isEqualTo(new AuditVerdict.Forged(1, 1));
    }

    private void rewrite(List<String> lines) throws IOException {
        Files.writeString(file(), lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
    }

    @Test
    void detectsACutTailNowAndAfterTheNextLine() throws IOException {
        for (int kept = 0; kept < 5; kept++) {
            append(new AuditTrail(directory), 5);
            var head = Files.readString(directory.resolve("audit.head")).strip();
            rewrite(lines().subList(0, kept));
            assertThat(verdict()).isEqualTo(new AuditVerdict.Cut(kept, head));
            append(new AuditTrail(directory), 2);
            assertThat(verdict()).isEqualTo(new AuditVerdict.Cut(kept, head));
            forget();
        }
    }

    @Test
    void detectsAMissingHead() throws IOException {
        append(new AuditTrail(directory), 3);
        Files.delete(directory.resolve("audit.head"));
        assertThat(verdict()).isEqualTo(new AuditVerdict.Headless(3));
        append(new AuditTrail(directory), 1);
        assertThat(verdict()).isEqualTo(new AuditVerdict.Cut(3, "no head"));
    }

    private void forget() throws IOException {
        try (var files = Files.list(directory)) {
            for (var file : files.toList()) {
                Files.delete(file);
            }
        }
    }

    @Test
    void staysCompleteAndBoundedWhenItIsRotated() throws IOException {
        var trail = new AuditTrail(new StateDirectory(directory), 2000, head -> {});
        append(trail, 200);
        assertThat(verdict()).isInstanceOf(AuditVerdict.Whole.class);
        assertThat(lines().size()).isBetween(20, 80);
        try (var files = Files.list(directory)) {
            assertThat(files.filter(f -> f.toString().endsWith(".jsonl")).count())
                    .isEqualTo(5);
        }
    }

    @Test
    void distinguishesATornLineFromAForgedOne() throws IOException {
        append(new AuditTrail(directory), 2);
        Files.writeString(file(), Files.readString(file()) + "{\"at\":\"20");
        assertWhole(3, 1);
        append(new AuditTrail(directory), 2);
        assertThat(lines()).hasSize(5);
        assertWhole(5, 1);

        var forged = lines();
        forged.set(2, "{\"at\":\"2");
        rewrite(forged);
        assertThat(verdict()).isEqualTo(new AuditVerdict.Forged(3, 5));
    }

    @Test
    void aLastLineThatIsCutCountsAsForgedAndNotAsACrash() throws IOException {
        append(new AuditTrail(directory), 3);
        var text = Files.readString(file());
        for (int cut = 2; cut < 100; cut++) {
            Files.writeString(file(), text.substring(0, text.length() - cut));
            assertThat(verdict()).isEqualTo(new AuditVerdict.Forged(3, 3));
        }
        append(new AuditTrail(directory), 1);
        assertThat(verdict()).isInstanceOf(AuditVerdict.Cut.class);
    }

    @Test
    void limitsTheSizeOfALine() throws IOException {
        var trail = new AuditTrail(directory);
        var much = new java.util.TreeMap<String, String>();
        for (int i = 0; i < 10_000; i++) {
            much.put("key" + i, "v".repeat(100_000));
        }
        trail.append(AT, much);
        assertThat(Files.size(file())).isLessThan(60_000);
        assertThat(lines().getFirst()).contains("(99000 more characters)");
        assertWhole(1, 0);
    }

    @Test
    void aRepeatedFailureIsWrittenOnce() throws IOException {
        var trail = new AuditTrail(directory);
        for (int i = 0; i < 100; i++) {
            var at = AT.plusSeconds(30L * i);
            trail.append(at, Map.of("event", "apply", "outcome", "failed: no", "why", i == 0 ? "file" : "periodic"));
            trail.append(at, Map.of("event", "not_kept", "what", "the disk is full"));
        }
        assertThat(lines()).hasSize(2);
        trail.append(AT.plusSeconds(3000), Map.of("event", "apply", "outcome", "applied"));
        assertThat(lines().getLast()).contains("\"repeated_before\":198");
        trail.append(AT.plusSeconds(3001), Map.of("event", "apply", "outcome", "failed: no"));
        assertThat(lines()).hasSize(4);
        assertWhole(4, 0);
    }

    @Test
    void aSuccessIsWrittenEachTime() throws IOException {
        var trail = new AuditTrail(directory);
        for (int i = 0; i < 3; i++) {
            trail.append(AT, Map.of("event", "apply", "outcome", "applied"));
        }
        assertThat(lines()).hasSize(3);
    }

    @Test
    void reportsItsHeadAtFirstAndThenRegularly() {
        var told = new ArrayList<AuditHead>();
        append(new AuditTrail(new StateDirectory(directory), 100_000, told::add), 130);
        assertThat(told).extracting(AuditHead::number).containsExactly(1L, 64L, 128L);
    }

    @Test
    void manyThreadsAndProcessesAppendToOneChain() throws Exception {
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            var trail = new AuditTrail(directory);
            for (int i = 0; i < 8; i++) {
                threads.submit(() -> append(trail, 10));
            }
        }
        assertWhole(80, 0);
    }

    @Test
    void countsFailedWritesAndRecordsThemLater() throws IOException {
        var inTheWay = directory.resolve("state");
        Files.createFile(inTheWay);
        var trail = new AuditTrail(inTheWay);
        append(trail, 3);
        assertThat(trail.unwritten()).isEqualTo(3);
        Files.delete(inTheWay);
        append(trail, 1);
        assertThat(trail.lines()).singleElement().asString().contains("\"missing_before\":3");
    }
}
