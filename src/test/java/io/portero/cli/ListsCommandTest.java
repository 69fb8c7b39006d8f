package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.lists.Offers;
import io.portero.lists.UrlLists;
import io.portero.names.Answers;
import io.portero.policy.Reference.UrlList;
import io.portero.reconcile.FakeHost;
import io.portero.state.KeptLists;
import io.portero.state.StateDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The output of {@code portero lists}. */
class ListsCommandTest {
    private static final UrlList DROP = new UrlList("https://lists.example/drop.txt");
    private static final UrlList KEYED = new UrlList("https://apiban.example/api/SECRET/banned#/ipaddress");

    @TempDir
    private Path directory;

    private final StringWriter output = new StringWriter();
    private final StringWriter errors = new StringWriter();

    @BeforeEach
    void policy() throws IOException {
        write(directory.resolve("list.txt"), "192.0.2.1\n192.0.2.77\n");
        write(directory.resolve("portero.yaml"), """
                groups:
                  blocklist: ["url:%s", "url:%s", "file:%s"]
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                deny: [blocklist]
                """.formatted(
                        DROP.address(), KEYED.address(), directory.resolve("list.txt")));
        var lists = UrlLists.load(
                KeptLists.in(new StateDirectory(directory.resolve("state"))),
                Clock.systemUTC(),
                new SplittableRandom(1));
        lists.follow(
                new TreeMap<>(Map.of(DROP, new TreeSet<>(Set.of("blocklist")), KEYED, new TreeSet<>())),
                Duration.ofDays(1));
        Offers.fetched(lists, DROP, "192.0.2.0/28", "192.0.2.32/28", "192.0.2.64/28");
        lists.offers().forEach(lists::take);
        Offers.fetched(lists, DROP, "192.0.2.0/28");
        Offers.failed(lists, KEYED);
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private int run(String... options) {
        var tools = new Tools(
                new FakeFirewall(),
                new FakeHost(),
                new PolicyReader(),
                name -> Answers.failed(),
                l -> 0,
                c -> 0,
                a -> 0);
        var line = PorteroCommand.commandLine(tools);
        line.setOut(new PrintWriter(output, true));
        line.setErr(new PrintWriter(errors, true));
        var words = new ArrayList<>(
                List.of("lists", "--config", directory.resolve("portero.yaml").toString()));
        words.addAll(List.of("--state-dir", directory.resolve("state").toString()));
        words.addAll(List.of("--run-dir", directory.resolve("run").toString()));
        words.addAll(List.of(options));
        return line.execute(words.toArray(String[]::new));
    }

    @Test
    void printsEveryListWithItsProblemsAndWithoutKeys() {
        assertThat(run()).isEqualTo(ExitCode.DONE);
        assertThat(output.toString()
                        .lines()
                        .map(l -> l.strip().replaceAll(" +", " "))
                        .toList())
                .anyMatch(l -> l.matches("file:/\\S+list.txt 2 21 B \\d+s - blocklist"))
                .anyMatch(l -> l.matches("lists.example/drop.txt 3 100 B \\d+s (59|5\\d|1h|6\\d)m?.*blocklist"))
                .anyMatch(l -> l.matches("apiban.example/.../banned#/ipaddress~.... - - never \\d+s blocklist"))
                .contains("the server answers 500 (it fails)")
                .contains(
                        "held back: it has shrunk by more than half, from 3 entries to 1; if this is correct: portero lists"
                                + " --accept lists.example/drop.txt");
        assertThat(output.toString()).doesNotContain("SECRET");
    }

    @Test
    void printsJson() throws IOException {
        assertThat(run("--json")).isEqualTo(ExitCode.DONE);
        var lists = new ObjectMapper().readTree(output.toString()).path("lists");
        assertThat(lists).hasSize(3);
        for (var list : lists) {
            if (list.path("list").asText().equals("lists.example/drop.txt")) {
                assertThat(list.path("entries").asInt()).isEqualTo(3);
                assertThat(list.path("held_back").path("entries").asInt()).isEqualTo(1);
                assertThat(list.path("next_seconds").asLong()).isBetween(3000L, 4000L);
            }
        }
    }

    @Test
    void acceptsNothingWithoutAnAgent() {
        assertThat(run("--accept", "lists.example/drop.txt")).isEqualTo(ExitCode.FAILED);
        assertThat(errors.toString()).contains("the agent is not running");
    }

    @Test
    void reportsARefusedFileWithoutAnEarlierPolicy() throws IOException {
        write(directory.resolve("portero.yaml"), "services: 7\n");
        assertThat(run()).isEqualTo(ExitCode.FAILED);
        assertThat(errors.toString()).contains("portero check says why");
    }
}
