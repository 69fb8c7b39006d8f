package io.portero.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.Reference.HostName;
import io.portero.policy.Reference.ListFile;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StageTextTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void isReadBackAsItWasWritten() throws Ip.NotAnAddress {
        var addresses = AddressSet.of(AddressRange.parse("192.0.2.0/24"), AddressRange.parse("2001:db8::7"));
        var stage = new Stage(
                "/root/next.yaml",
                "mode: \"enforce\"\n",
                Map.of(new ListFile("/etc/portero/a.list"), addresses),
                Map.of(new HostName("sip.example"), addresses),
                NOW,
                NOW.plusSeconds(60));
        assertThat(StageText.of(stage)).doesNotContain("\n");
        assertThat(StageText.parse(StageText.of(stage))).contains(stage);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "[]",
                "{\"file\":\"a\",\"text\":\"b\"}",
                "{\"file\":\"a\",\"text\":\"b\",\"since\":\"2026-01-01T00:00:00Z\",\"until\":\"never\"}",
                "{\"file\":\"a\",\"text\":\"b\",\"since\":\"2026-01-01T00:00:00Z\",\"until\":\"2026-01-01T00:00:00Z\","
                        + "\"lists\":{\"/a\":[\"; flush ruleset\"]}}"
            })
    void isNotReadOfAnythingElse(String text) {
        assertThat(StageText.parse(text)).isEmpty();
    }
}
