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

    @Test
    void chainsItsLinesAlsoAcrossARestart() throws IOException {
        append(new AuditTrail(directory), 3);
        append(new AuditTrail(directory), 2);
        assertThat(lines()).hasSize(5);
        assertThat(AuditTrail.firstBreak(lines())).isEmpty();
    }

    @Test
    void showsALineThatWasChangedOrTakenOut() throws IOException {
        append(new AuditTrail(directory), 5);
        var changed = lines();
        changed.set(2, changed.get(2).replace("apply", "other"));
        assertThat(AuditTrail.firstBreak(changed)).contains(4);
        var shorter = lines();
        shorter.remove(2);
        assertThat(AuditTrail.firstBreak(shorter)).contains(3);
        assertThat(AuditTrail.firstBreak(List.of("rubbish"))).contains(1);
    }

    @Test
    void staysWholeAndBoundedWhenItIsPutAside() throws IOException {
        var trail = new AuditTrail(directory, 2000);
        append(trail, 200);
        assertThat(AuditTrail.firstBreak(lines())).isEmpty();
        assertThat(lines().size()).isBetween(20, 80);
        try (var files = Files.list(directory)) {
            assertThat(files.filter(f -> f.toString().endsWith(".jsonl")).count())
                    .isEqualTo(5);
        }
    }

    @Test
    void goesOnAfterHalfALine() throws IOException {
        append(new AuditTrail(directory), 2);
        var file = directory.resolve("audit.jsonl");
        Files.writeString(file, Files.readString(file) + "{\"at\":\"20");
        append(new AuditTrail(directory), 2);
        assertThat(lines()).hasSize(5);
        assertThat(AuditTrail.firstBreak(lines())).contains(3);
    }

    @Test
    void countsWhatItCouldNotWriteAndSaysSoLater() throws IOException {
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
