package io.portero.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.plan.KnownRules;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuleMemoryTest {
    @TempDir
    private Path directory;

    private RuleMemory memory() {
        return new RuleMemory(new StateDirectory(directory));
    }

    @Test
    void remembersRulesAcrossARestart() {
        var known = new KnownRules("nft 1.0.6", Map.of("prerouting 1", "a \"body\"\n", "service_sip 1", "{ñ}"));
        memory().keep(known);
        assertThat(memory().recall()).isEqualTo(known);
    }

    @Test
    void knowsNothingWithoutAValidFile() throws IOException {
        assertThat(memory().recall()).isEqualTo(KnownRules.NONE);
        var known = new KnownRules("nft 1.0.6", Map.of("prerouting 1", "a body"));
        memory().keep(known);
        var file = directory.resolve("known-rules.json");
        var text = Files.readString(file);
        for (int cut = 0; cut < text.length() - 2; cut++) {
            Files.writeString(file, text.substring(0, cut));
            assertThat(memory().recall().bodies()).as(text.substring(0, cut)).isEmpty();
        }
    }
}
