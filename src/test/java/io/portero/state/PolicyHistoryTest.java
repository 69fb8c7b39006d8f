package io.portero.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.Reference.ListFile;
import io.portero.state.PolicyHistory.Content;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyHistoryTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final ListFile LIST = new ListFile("/etc/list");

    @TempDir
    private Path directory;

    private PolicyHistory history() {
        return new PolicyHistory(directory);
    }

    private static Content content(String text, String... members) {
        var ranges = List.of(members).stream().map(PolicyHistoryTest::range).toList();
        return new Content(text, members.length == 0 ? Map.of() : Map.of(LIST, AddressSet.of(ranges)));
    }

    private static AddressRange range(String text) {
        try {
            return AddressRange.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(text, e);
        }
    }

    private void inForce(Content content) {
        inForce(history(), content);
    }

    private static void inForce(PolicyHistory history, Content content) {
        assertThat(history.cameIntoForce(NOW, "file", "0123456789abcdef", content))
                .isEmpty();
    }

    private List<Long> numbers() {
        return history().entries().stream().map(PastPolicy::number).toList();
    }

    private long contents() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(f -> f.getFileName().toString().endsWith(".policy"))
                    .count();
        }
    }

    @Test
    void returnsThePolicyWithTheContentOfItsLists() {
        inForce(content("a\n", "192.0.2.0/24"));
        inForce(content("b\n"));
        var entries = history().entries();
        assertThat(history().content(entries.getFirst())).contains(content("a\n", "192.0.2.0/24"));
        assertThat(history().content(entries.getLast())).contains(content("b\n"));
    }

    @Test
    void recordsNothingWhenTheNewestPolicyIsAppliedAgain() {
        inForce(content("a"));
        inForce(content("a"));
        assertThat(numbers()).containsExactly(1L);
    }

    @Test
    void storesAContentOnceEvenIfItWasInForceSeveralTimes() throws IOException {
        for (var text : List.of("a", "b", "a", "b")) {
            inForce(content(text));
        }
        assertThat(numbers()).containsExactly(1L, 2L, 3L, 4L);
        assertThat(contents()).isEqualTo(2);
    }

    @Test
    void keepsFiftyPoliciesAndOnlyTheirFiles() throws IOException {
        for (int i = 1; i <= 60; i++) {
            inForce(content("policy " + i));
        }
        assertThat(numbers()).hasSize(PolicyHistory.MOST).startsWith(11L).endsWith(60L);
        assertThat(contents()).isEqualTo(PolicyHistory.MOST);
    }

    @Test
    void aListThatChangesEveryHourDoesNotDisplaceEditedPolicies() {
        inForce(content("by hand 1"));
        for (int i = 0; i < 100; i++) {
            inForce(content("by hand 2", "10.0." + i + ".0/24"));
        }
        inForce(content("by hand 3"));
        var history = history();
        var texts = history.entries().stream()
                .map(e -> history.content(e).orElseThrow().policy())
                .toList();
        assertThat(texts).hasSize(PolicyHistory.MOST).startsWith("by hand 1").endsWith("by hand 2", "by hand 3");
    }

    @Test
    void limitsItsSizeButKeepsTheNewest() throws IOException {
        var small = new PolicyHistory(new StateDirectory(directory), 3_000);
        for (int i = 0; i < 10; i++) {
            inForce(small, content(i + "x".repeat(900)));
        }
        assertThat(numbers()).endsWith(10L).hasSizeBetween(2, 3);
        assertThat(contents()).isEqualTo(numbers().size());
        inForce(small, content("y".repeat(9_000)));
        assertThat(numbers()).containsExactly(11L);
    }

    @Test
    void recordsTheEndOfAProbationAfterTheNextPolicyIsInForce() {
        inForce(content("a"));
        inForce(content("b"));
        history().probationBegan();
        inForce(content("c"));
        history().probationEnded("superseded");
        assertThat(history().entries())
                .extracting(PastPolicy::end)
                .containsExactly(PastPolicy.IN_FORCE, "superseded", PastPolicy.IN_FORCE);
    }

    @Test
    void refusesEntriesThatNameOtherFilesOrContainTerminalCommands() throws IOException {
        inForce(content("a"));
        var index = directory.resolve("history.json");
        var good = Files.readString(index);
        Files.writeString(index, good.replaceFirst("\"content\":\"[0-9a-f]+\"", "\"content\":\"../../etc/passwd\""));
        assertThat(history().entries()).isEmpty();
        Files.writeString(index, good.replace("\"why\":\"file\"", "\"why\":\"\\u001b[2J\""));
        assertThat(history().entries()).isEmpty();
        Files.writeString(index, good.substring(0, good.length() / 2));
        assertThat(history().entries()).isEmpty();
    }

    @Test
    void reportsAFailedWrite() throws IOException {
        Files.createDirectory(directory.resolve("history.json"));
        Files.createFile(directory.resolve("history.json").resolve("in-the-way"));
        assertThat(history().cameIntoForce(NOW, "file", "0123456789abcdef", content("a")))
                .hasValueSatisfying(why -> assertThat(why).contains("history.json"));
    }
}
