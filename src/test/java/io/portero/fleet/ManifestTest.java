package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ManifestTest {
    private static final Manifest GOOD = manifest("services: { sip: { ports: [5060/udp], from: [itsp] } }");

    private static Manifest manifest(String role) {
        try {
            return new Manifest(
                    "example",
                    "voice",
                    42,
                    Instant.parse("2026-11-28T18:00:00Z"),
                    Instant.parse("2027-02-26T18:00:00Z"),
                    List.of(ListRef.of("b.txt", "192.0.2.2\n"), ListRef.of("a.txt", "192.0.2.1\n")),
                    Layer.read(Manifest.GROUPS, "groups: { itsp: [203.0.113.0/24] }"),
                    Layer.read("roles/voice.yaml", role));
        } catch (Refusal e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void isReadBackAsItWasPrinted() throws Refusal {
        assertThat(Manifest.parse(GOOD.text())).isEqualTo(GOOD);
    }

    @Test
    void theSpellingOfItsLayersDoesNotChangeItsBytes() {
        assertThat(manifest("services:\n  sip:\n    from: ['itsp'] # the carrier\n    ports:\n    - 5060/udp\n")
                        .text())
                .isEqualTo(GOOD.text());
    }

    @Test
    void isRefusedWhenItIsCutAtAnyPlace() {
        for (int end = 0; end < GOOD.text().length(); end++) {
            var cut = GOOD.text().substring(0, end);
            assertThatThrownBy(() -> Manifest.parse(cut)).as(cut).isInstanceOf(Refusal.class);
        }
    }

    @Test
    void isRefusedInAnotherSpelling() {
        for (var other : List.of(
                GOOD.text() + "\n",
                GOOD.text().replace("version: 42", "version: 042"),
                GOOD.text().replace("version: 42", "version: -42"),
                GOOD.text().replace("  services:", "  services: # comment"),
                GOOD.text().replace("18:00:00Z", "18:00:00.000Z"),
                GOOD.text().replace("layer: groups.yaml", "layer: other.yaml"),
                GOOD.text().replace("\n", "\r\n"),
                GOOD.text().replace("role: voice", "role: ../voice"))) {
            assertThatThrownBy(() -> Manifest.parse(other)).as(other).isInstanceOf(Refusal.class);
        }
    }

    @Test
    void garbageIsRefusedInOneSentence() {
        var random = new Random(5);
        for (int i = 0; i < 2_000; i++) {
            var bytes = GOOD.text().getBytes(StandardCharsets.UTF_8);
            for (int j = 0; j < 3; j++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                Manifest.parse(new String(bytes, StandardCharsets.UTF_8));
            } catch (Refusal e) {
                assertThat(e.sentence()).isNotBlank().doesNotContain("\n");
            }
        }
    }

    @Test
    void hasTheSameContentInAnotherVersion() {
        var now = Instant.parse("2027-01-01T00:00:00Z");
        assertThat(GOOD.as(43, now, now)).matches(m -> m.saysAs(GOOD)).isNotEqualTo(GOOD);
        assertThat(manifest("services: {}").saysAs(GOOD)).isFalse();
    }
}
