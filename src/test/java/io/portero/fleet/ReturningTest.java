package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portero.fleet.Transport.Slot;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The content to which a fleet of two roles returns. */
class ReturningTest {
    private static final Instant NOW = Instant.parse("2026-11-28T18:00:00Z");

    private final FakeStore store = new FakeStore();

    private static Manifest manifest(String role, long version, int port) throws Refusal {
        return new Manifest(
                "example",
                role,
                version,
                NOW.minus(Duration.ofDays(10)),
                NOW.plus(Duration.ofDays(80)),
                List.of(),
                Layer.read(Manifest.GROUPS, ""),
                Layer.read(Manifest.layerOf(role), "services: { some: { ports: [" + port + "/tcp], from: [any] } }"));
    }

    private void pushed(long version, int voice, int data) throws Exception {
        for (var entry : Map.of("voice", voice, "data", data).entrySet()) {
            var text = manifest(entry.getKey(), version, entry.getValue()).text();
            var there = store.get(Slot.BUNDLE, entry.getKey());
            store.put(
                    Slot.BUNDLE,
                    entry.getKey(),
                    text.getBytes(StandardCharsets.UTF_8),
                    there.map(OperatorStore.Entry::revision).orElse(0L));
        }
    }

    private Map<String, Manifest> back(long signed) throws Exception {
        return new Returning(
                        store,
                        (role, bytes) -> Manifest.parse(new String(bytes, StandardCharsets.UTF_8)),
                        Clock.fixed(NOW, ZoneOffset.UTC))
                .manifests(signed);
    }

    private String ports(long signed) throws Exception {
        var manifests = back(signed);
        return manifests
                        .get("voice")
                        .policy()
                        .content()
                        .below("services")
                        .below("some")
                        .words("ports") + " "
                + manifests
                        .get("data")
                        .policy()
                        .content()
                        .below("services")
                        .below("some")
                        .words("ports");
    }

    @Test
    void everyRoleReturnsToItsContentOfTheSameTime() throws Exception {
        pushed(1, 1, 11);
        pushed(2, 1, 12); // data changes
        pushed(3, 3, 12); // voice changes
        assertThat(ports(3)).isEqualTo("[1/tcp] [12/tcp]");
    }

    @Test
    void skipsAVersionThatChangedNothing() throws Exception {
        pushed(1, 1, 11);
        pushed(2, 2, 11);
        pushed(3, 2, 11);
        assertThat(ports(3)).isEqualTo("[1/tcp] [11/tcp]");
        assertThat(back(3).get("voice").version()).isEqualTo(4);
        assertThat(back(7).get("voice").version()).isEqualTo(8);
        assertThat(back(3).get("voice").expires()).isEqualTo(NOW.plus(Duration.ofDays(90)));
    }

    @Test
    void afterAHaltedRollItReturnsToTheVersionOfAllHosts() throws Exception {
        pushed(1, 1, 11);
        pushed(2, 2, 11);
        store.putRoll(
                RollState.begun(3, "alice@laptop", List.of(100), NOW)
                        .halted("a host refused it", NOW)
                        .bytes(),
                0);
        assertThat(ports(3)).isEqualTo("[2/tcp] [11/tcp]");
        assertThat(back(1).get("voice").version()).isEqualTo(4);
    }

    @Test
    void aForgedVersionOfARollIsRefused() throws Exception {
        pushed(1, 1, 11);
        store.putRoll(
                RollState.begun(Long.MAX_VALUE, "mallory", List.of(100), NOW).bytes(), 0);
        assertThatThrownBy(() -> back(1))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("the store is wrong or damaged");
    }

    @Test
    void reportsThatThereIsNoOlderVersion() throws Exception {
        assertThatThrownBy(() -> back(0)).hasMessageStartingWith("the store has no earlier version");
        pushed(1, 1, 11);
        assertThatThrownBy(() -> back(1)).hasMessageStartingWith("the store has no older version that differs");
    }
}
