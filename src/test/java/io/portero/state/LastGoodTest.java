package io.portero.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Reference.ListFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LastGoodTest {
    private static final ListFile LIST = new ListFile("/etc/a list");

    @TempDir
    private Path directory;

    private LastGood lastGood() {
        return new LastGood(new StateDirectory(directory));
    }

    private static Map<ListFile, AddressSet> lists() throws Exception {
        return Map.of(LIST, AddressSet.of(List.of(AddressRange.parse("192.0.2.0/24"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "\n",
                "a",
                "a\n",
                "a\r\nb\r\n\r\n",
                "# The end.\n",
                "#|# The end.",
                "# What its lists held:\n#|\n",
                "\\\n",
                "añ \u2028 \u0085 x\n\n\n"
            })
    void givesBackWhatItWasGiven(String policy) throws Exception {
        assertThat(lastGood().keep(policy, lists(), "table inet portero\n")).isEmpty();
        assertThat(lastGood().policy()).contains(policy);
        assertThat(lastGood().lists()).isEqualTo(lists());
        assertThat(Files.readString(directory.resolve(LastGood.POLICY))).isEqualTo(policy);
        assertThat(Files.readString(directory.resolve(LastGood.SCRIPT)))
                .startsWith("table inet portero\n")
                .endsWith("# The end.\n");
    }

    @Test
    void everyLineOutsideTheScriptIsAComment() throws Exception {
        lastGood().keep("a\nb\r\n\nc", lists(), "script\n");
        assertThat(Files.readString(directory.resolve(LastGood.SCRIPT)).split("\n"))
                .allMatch(l -> l.equals("script") || l.startsWith("#"));
    }

    @Test
    void readsTheFilesOfThePreviousVersion() throws Exception {
        Files.writeString(directory.resolve("last-good.nft"), "table inet portero\n");
        Files.writeString(directory.resolve("last-good.yaml"), "services: {}\n");
        Files.writeString(directory.resolve("last-good.lists"), "file:/etc/a list\n192.0.2.0/24\n");
        assertThat(lastGood().policy()).contains("services: {}\n");
        assertThat(lastGood().lists()).isEqualTo(lists());
        lastGood().keep("new\n", Map.of(), "script\n");
        assertThat(lastGood().lists()).isEmpty();
        assertThat(directory.resolve("last-good.lists")).doesNotExist();
    }

    @Test
    void readsTheCopyWhenTheScriptIsCorrupt() throws Exception {
        lastGood().keep("good\n", Map.of(), "script\n");
        var script = directory.resolve(LastGood.SCRIPT);
        var whole = Files.readString(script);
        for (int length = 0; length < whole.length(); length++) {
            Files.writeString(script, whole.substring(0, length));
            assertThat(lastGood().policy()).contains("good\n");
        }
    }

    @Test
    void writesPendingFilesWhenTheDiskHasRoomAgain() throws Exception {
        var inTheWay = Files.createFile(directory.resolve("state"));
        var lastGood = new LastGood(new StateDirectory(inTheWay));
        assertThat(lastGood.keep("policy\n", lists(), "script\n")).isPresent();
        assertThat(lastGood.retry()).isPresent();
        Files.delete(inTheWay);
        assertThat(lastGood.retry()).isEmpty();
        assertThat(lastGood.policy()).contains("policy\n");
        Files.delete(inTheWay.resolve(LastGood.POLICY));
        assertThat(lastGood.retry()).isEmpty();
        assertThat(inTheWay.resolve(LastGood.POLICY)).doesNotExist(); // no write is pending any more
    }

    @Test
    void writesNothingWithoutAChange() throws IOException, InterruptedException {
        lastGood().keep("policy\n", Map.of(), "script\n");
        var before = Files.getAttribute(directory.resolve(LastGood.SCRIPT), "unix:ino");
        lastGood().keep("policy\n", Map.of(), "script\n");
        assertThat(Files.getAttribute(directory.resolve(LastGood.SCRIPT), "unix:ino"))
                .isEqualTo(before);
    }
}
