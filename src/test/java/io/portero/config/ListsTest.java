package io.portero.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.AddressSet;
import io.portero.policy.Problem;
import io.portero.policy.Reference.ListFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists in files, as members of groups and in services. */
class ListsTest {
    private static final AddressSet KEPT = io.portero.policy.Addresses.of("198.51.100.1");

    @TempDir
    private Path directory;

    private final PolicyReader reader = new PolicyReader();
    private Path list;
    private Path file;

    @BeforeEach
    void start() throws IOException {
        list = directory.resolve("list.txt");
        file = directory.resolve("portero.yaml");
        policy("groups: { g: [\"file:" + list + "\", 192.0.2.1] }", "[g]", "[]");
        list("203.0.113.7\n");
    }

    private void policy(String groups, String from, String deny) throws IOException {
        write(
                file,
                groups + "\nservices:\n  ssh: { ports: [22/tcp], from: [any], management: true }\n"
                        + "  sip: { ports: [5060/udp], from: " + from + " }\ndeny: " + deny + "\n");
    }

    private void list(String text) throws IOException {
        write(list, text);
    }

    private static void write(Path path, String text) throws IOException {
        Files.writeString(path, text);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private Loaded read(boolean kept) {
        return reader.read(
                file, Outside.keeping(kept ? Map.of(new ListFile(list.toString()), KEPT) : Map.of(), n -> Map.of()));
    }

    private static String sip(Loaded loaded) {
        return switch (loaded) {
            case Loaded.Accepted accepted -> {
                var policy = accepted.policy();
                yield policy.services()
                        .get("sip")
                        .from()
                        .addresses(policy.groups())
                        .toString();
            }
            case Loaded.Refused refused -> throw new AssertionError(text(refused));
        };
    }

    private static String text(Loaded loaded) {
        return loaded.problems().stream().map(Problem::toString).collect(Collectors.joining("\n"));
    }

    @Test
    void readsAddressesRangesNetworksAndComments() throws IOException {
        list(
                "\uFEFF# the carrier\r\n203.0.113.0/25 # north\n\n  203.0.113.200-203.0.113.210\n2001:db8::/48#v6\n10.0.0.1");
        assertThat(sip(read(false)))
                .isEqualTo("10.0.0.1, 192.0.2.1, 203.0.113.0/25, 203.0.113.200-203.0.113.210, 2001:db8::/48");
        assertThat(read(false).problems()).isEmpty();
    }

    @Test
    void canBeUsedWhereverASourceCan() throws IOException {
        policy("groups: {}", "[\"file:" + list + "\"]", "[\"file:" + list + "\"]");
        assertThat(sip(read(false))).isEqualTo("203.0.113.7");
    }

    @Test
    void reportsTheFirstTwentyBadLinesAndCountsTheOthers() throws IOException {
        list("10.0.0.1\n" + "nonsense\n".repeat(30));
        var problems = reader.read(file).problems();
        assertThat(problems).hasSize(22);
        assertThat(problems.get(0).toString())
                .isEqualTo(file + ":1: groups.g: file:" + list + " cannot be used as it is");
        assertThat(problems.get(1).toString()).startsWith(list + ":2: \"nonsense\" is not an address: ");
        assertThat(problems.get(20).toString()).startsWith(list + ":21: ");
        assertThat(problems.get(21).toString()).isEqualTo(list + ": and 10 more lines are wrong");
    }

    @Test
    void keepsTheLastGoodContentOfABadList() throws IOException {
        list("203.0.113.7\n203.0.113\n");
        assertThat(sip(read(true))).isEqualTo("192.0.2.1, 198.51.100.1");
        assertThat(text(read(true))).contains("warning").contains("its last good version stays in force, 1 entry");
        Files.delete(list);
        assertThat(sip(read(true))).isEqualTo("192.0.2.1, 198.51.100.1");
        assertThat(text(read(true))).contains("there is no such file; write one, which may be empty");
    }

    @Test
    void keepsTheLastGoodContentOfAListThatHasNoContent() throws IOException {
        list("");
        assertThat(sip(read(true))).isEqualTo("192.0.2.1, 198.51.100.1");
        assertThat(text(read(true))).contains("has no content").contains("write a line that begins with #");
        list("# nobody\n");
        assertThat(sip(read(true))).isEqualTo("192.0.2.1");
        assertThat(read(true).problems())
                .noneSatisfy(p -> assertThat(p.toString()).contains("no content"));
    }

    @Test
    void aListThatWasNeverReadAdmitsNobody() throws IOException {
        Files.delete(list);
        assertThat(sip(read(false))).isEqualTo("192.0.2.1");
        assertThat(text(read(false))).contains("could never be read; until then it matches no address");
    }

    @Test
    void aDenyListThatWasNeverReadRefusesThePolicy() throws IOException {
        Files.delete(list);
        policy("groups: { g: [\"file:" + list + "\"] }", "[any]", "[g]");
        assertThat(read(false)).isInstanceOf(Loaded.Refused.class);
        assertThat(text(read(false))).contains("its sources would not be denied");
        assertThat(read(true)).isInstanceOf(Loaded.Accepted.class);
        list("");
        assertThat(read(false)).isInstanceOf(Loaded.Accepted.class);
    }

    @Test
    void checksFilePermissionsAsStrictlyAsForThePolicy() throws IOException {
        Files.setPosixFilePermissions(list, PosixFilePermissions.fromString("rw-rw-r--"));
        assertThat(text(reader.read(file))).contains("so could open the host: chmod go-w " + list);
        assertThat(reader.read(file)).isInstanceOf(Loaded.Refused.class);
    }

    @Test
    void refusesARelativePathAndNamesTheAbsoluteOne() throws IOException {
        policy("groups: { g: [\"file:list.txt\"] }", "[g]", "[]");
        assertThat(text(reader.read(file))).contains("write file:" + list);
    }

    @Test
    void readsAListAgainAfterItHasChanged() throws IOException {
        assertThat(sip(read(false))).isEqualTo("192.0.2.1, 203.0.113.7");
        list("203.0.113.8\n");
        assertThat(sip(read(false))).isEqualTo("192.0.2.1, 203.0.113.8");
        assertThat(reader.listFiles()).containsOnlyKeys(list);
    }

    @Test
    void readsAHundredThousandLines() throws IOException {
        list(IntStream.range(0, 100_000)
                .mapToObj(i -> "10." + (i >> 15) + "." + (i >> 7 & 255) + "." + 2 * (i & 127))
                .collect(Collectors.joining("\n")));
        long start = System.nanoTime();
        assertThat(sip(read(false)).split(", ")).hasSize(100_001);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void readsTheFormatsOfPublishedLists() throws IOException {
        list("\uFEFF; Spamhaus DROP List\r\n198.51.100.0/24 ; SBL1\r\n\t203.0.113.1 - 203.0.113.9 # a range\r\n;\r\n");
        assertThat(sip(read(false))).isEqualTo("192.0.2.1, 198.51.100.0/24, 203.0.113.1-203.0.113.9");
    }

    @Test
    void reportsABadLineInOneSentence() throws IOException {
        list("0.0.0.0/0\n::/0\n0.0.0.0-255.255.255.255\nevil.example.\n::ffff:10.0.0.0/104\n0.0.0.0 evil.example\n");
        assertThat(read(false).problems().stream()
                        .filter(p -> p.file().equals(list.toString()))
                        .map(p -> p.line() + ": " + p.sentence()))
                .containsExactly(
                        "1: \"0.0.0.0/0\" is every IPv4 address, which is not allowed in a list; remove the line",
                        "2: \"::/0\" is every IPv6 address, which is not allowed in a list; remove the line",
                        "3: \"0.0.0.0-255.255.255.255\" is every IPv4 address, which is not allowed in a list;"
                                + " remove the line",
                        "4: \"evil.example.\" is a host name, but a list holds only addresses; write the name"
                                + " into a group of the policy",
                        "5: \"::ffff:10.0.0.0/104\" is not an address: it is an IPv4-mapped IPv6 address,"
                                + " which no packet on the network has; write 10.0.0.0/8",
                        "6: \"0.0.0.0 evil.example\" is not an address: a line holds one address, range or network, and a"
                                + " comment begins with # or ;");
    }
}
