package io.portero.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/** An operator's directory with one role, voice, and a list of signers. */
final class TestFleet {
    final Path directory;
    final SigningKeys keys;
    final Path allowed;

    TestFleet(Path base, String... hosts) throws IOException {
        directory = Files.createDirectories(base.resolve("fleet"));
        keys = new SigningKeys(Files.createDirectories(base.resolve("keys")));
        allowed = keys.allowed("alice");
        Files.createDirectories(directory.resolve("roles"));
        Files.createDirectories(directory.resolve("lists"));
        var text = new StringBuilder("fleet: example\nhosts:\n");
        for (var host : hosts) {
            text.append("  " + host + ": { role: voice" + (host.equals("canary") ? ", canary: true" : "") + " }\n");
        }
        Files.writeString(directory.resolve("fleet.yaml"), text);
        Files.writeString(directory.resolve("groups.yaml"), "groups: { blocklist: [\"file:lists/blocklist.txt\"] }\n");
        list("192.0.2.66\n");
        policy(5060);
    }

    void policy(int port) throws IOException {
        Files.writeString(
                directory.resolve("roles/voice.yaml"),
                "services: { sip: { ports: [" + port + "/udp], from: [any] } }\ndeny: [blocklist]\n");
    }

    void list(String content) throws IOException {
        Files.writeString(directory.resolve("lists/blocklist.txt"), content);
    }

    Signed signed() {
        return new Signed(directory);
    }

    FleetDirectory read() throws Refusal {
        return FleetDirectory.read(directory);
    }

    Signing.Done sign() throws Refusal {
        return new Signing(signed(), keys.keygen(), Clock.systemUTC())
                .fleet(read(), keys.of("alice"), Optional.empty());
    }

    /** The content that portero fleet back would sign. */
    Map<String, Manifest> former(OperatorStore store) throws Refusal, IOException {
        try (var former = new Former(keys.keygen(), read(), keys.of("alice"))) {
            return new Returning(store, former, Clock.systemUTC()).manifests(signed().version());
        }
    }

    Pushing pushing(OperatorStore store) {
        return new Pushing(store, signed(), Clock.systemUTC());
    }

    long push(OperatorStore store) throws Refusal, IOException {
        var pushing = pushing(store);
        var load = pushing.load();
        pushing.requireNoRoll();
        pushing.lists(load, (done, all) -> {});
        pushing.bundles(load);
        return load.version();
    }
}
