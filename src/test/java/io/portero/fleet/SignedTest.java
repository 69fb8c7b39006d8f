package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SignedTest {
    @TempDir
    private Path base = Path.of("");

    private TestFleet fleet;
    private Path lists = Path.of("");

    @BeforeEach
    void threeVersionsAreSigned() throws Exception {
        fleet = new TestFleet(base, "a");
        lists = fleet.directory.resolve("signed/lists");
        for (int version = 1; version <= 3; version++) {
            fleet.list(list(version));
            fleet.sign();
        }
    }

    private static String list(int version) {
        return IntStream.range(0, 50)
                .mapToObj(i -> "10.0.0." + (version + i) + "\n")
                .collect(Collectors.joining());
    }

    /** Sizes by name. */
    private Map<String, Long> stored() throws IOException {
        var stored = new TreeMap<String, Long>();
        try (var files = Files.list(lists)) {
            for (var file : files.toList()) {
                stored.put(String.valueOf(file.getFileName()), Files.size(file));
            }
        }
        return stored;
    }

    private void areFrom(Instant time) throws IOException {
        for (var name : stored().keySet()) {
            Files.setLastModifiedTime(lists.resolve(name), FileTime.from(time));
        }
    }

    @Test
    void aListThatNoBundleNamesIsRemovedAWeekAfterTheNewestWasSigned() throws Exception {
        areFrom(Instant.now().minus(Duration.ofDays(8)));
        fleet.list(list(4));
        fleet.sign();
        var before = stored();
        assertThat(before).as("four lists and three differences").hasSize(7);
        var removed = fleet.signed().removeOldLists();
        var manifest = Manifest.parse(fleet.signed().bundles().get("voice").signed());
        var named = manifest.lists().getFirst();
        assertThat(stored().keySet())
                .as("the list of the signed version, and the difference that leads to it")
                .hasSize(2)
                .contains(named.hash())
                .allMatch(n ->
                        n.equals(named.hash()) || n.endsWith("-" + named.hash().substring(0, 32)));
        assertThat(removed.objects()).isEqualTo(5);
        assertThat(removed.bytes())
                .isEqualTo(before.values().stream().mapToLong(n -> n).sum()
                        - stored().values().stream().mapToLong(n -> n).sum());
        assertThat(removed.sentence("signed/lists"))
                .contains("removed from signed/lists what no version there names any more: 5 lists, " + removed.bytes()
                        + " bytes");
    }

    @Test
    void youngListsStayAndSoDoAllIfTheClockIsWrong() throws Exception {
        assertThat(fleet.signed().removeOldLists().objects()).isZero();
        areFrom(Instant.now().minus(Duration.ofDays(400)));
        assertThat(fleet.signed().removeOldLists().objects()).isZero();
        assertThat(stored()).hasSize(5);
    }

    @Test
    void aFileThatIsNotOursStays() throws Exception {
        areFrom(Instant.now().minus(Duration.ofDays(8)));
        var notes = Files.writeString(lists.resolve("notes.txt"), "mine");
        Files.setLastModifiedTime(notes, FileTime.from(Instant.now().minus(Duration.ofDays(80))));
        fleet.list(list(4));
        fleet.sign();
        fleet.signed().removeOldLists();
        assertThat(notes).exists();
    }

    @Test
    void nothingIsRemovedWhereNothingIsSigned() throws Exception {
        assertThat(new Signed(base.resolve("empty")).removeOldLists().objects()).isZero();
    }

    @Test
    void aListWhichComesBackIsSignedAgain() throws Exception {
        areFrom(Instant.now().minus(Duration.ofDays(8)));
        fleet.list(list(4));
        fleet.sign();
        fleet.signed().removeOldLists();
        fleet.list(list(1));
        new Signing(fleet.signed(), fleet.keys.keygen(), Clock.systemUTC())
                .fleet(fleet.read(), fleet.keys.of("alice"), Optional.empty());
        var manifest = Manifest.parse(fleet.signed().bundles().get("voice").signed());
        assertThat(fleet.signed().list(manifest.lists().getFirst())).contains(ListRef.canonical(list(1)));
    }
}
