package io.portero.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Reference.ListFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** If a write stops after any byte, the remaining files can be read. */
class KillAtEveryByteTest {
    private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path directory;

    private static Map<ListFile, AddressSet> lists(String range) throws Exception {
        return Map.of(new ListFile("/a/list"), AddressSet.of(List.of(AddressRange.parse(range))));
    }

    private interface Write {
        void to(StateDirectory state) throws Exception;
    }

    private interface Check {
        void after(int bytes) throws Exception;
    }

    /** Repeats the write with one byte more each time until it succeeds; returns how often it was interrupted. */
    private int cutShort(Write write, Check check) throws Exception {
        for (int bytes = 1; ; bytes++) {
            var disk = new CutShort(bytes);
            try {
                write.to(new StateDirectory(directory, disk));
            } catch (CutShort.Killed e) {
                // the next process finds the remaining files
            }
            check.after(bytes);
            if (disk.isDone()) {
                return bytes;
            }
        }
    }

    @Test
    void aFileHasItsOldOrItsNewContent() throws Exception {
        new StateDirectory(directory).write("file", "before");
        int cuts = cutShort(
                state -> state.write("file", "the new content"),
                bytes -> assertThat(new StateDirectory(directory).read("file").orElseThrow())
                        .isIn("before", "the new content"));
        assertThat(cuts).isGreaterThan("the new content".length());
        assertThat(new StateDirectory(directory).read("file")).contains("the new content");
    }

    @Test
    void theFilesOfTheLastGoodPolicyBelongTogether() throws Exception {
        var before = lists("192.0.2.0/24");
        var after = lists("203.0.113.0/24");
        new LastGood(new StateDirectory(directory)).keep("old: policy\n", before, "old script\n");
        int cuts = cutShort(state -> new LastGood(state).keep("new: policy\n", after, "new script\n"), bytes -> {
            var kept = new LastGood(new StateDirectory(directory));
            var script = new StateDirectory(directory).read(LastGood.SCRIPT).orElseThrow();
            boolean isNew = script.startsWith("new script\n");
            assertThat(script).startsWith(isNew ? "new script\n" : "old script\n");
            assertThat(kept.policy()).contains(isNew ? "new: policy\n" : "old: policy\n");
            assertThat(kept.lists()).isEqualTo(isNew ? after : before);
        });
        assertThat(cuts).isGreaterThan(100);
        assertThat(new StateDirectory(directory).read(LastGood.POLICY)).contains("new: policy\n");
    }

    @Test
    void theTrailIsCompleteOrTornButNeverForged() throws Exception {
        int cuts = cutShort(
                state -> new AuditTrail(state, 10_000, head -> {}).append(AT, Map.of("event", "apply")),
                bytes -> assertWhole());
        assertThat(cuts).isGreaterThan(200);
        new AuditTrail(directory).append(AT, Map.of("event", "apply"));
        assertWhole();
    }

    private void assertWhole() throws IOException {
        assertThat(new AuditTrail(directory).verify()).isInstanceOf(AuditVerdict.Whole.class);
    }
}
