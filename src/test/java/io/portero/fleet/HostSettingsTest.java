package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.fleet.HostSettings.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostSettingsTest {
    private static final String LEAST =
            "fleet: example\nrole: voice\nstore: { nats: [\"tls://nats1.example:4222\"] }\n";

    @TempDir
    private Path directory = Path.of("");

    private HostSettings read(String text) throws Refusal, IOException {
        return HostSettings.read(Files.writeString(directory.resolve("fleet.yaml"), text), "Voice1.example");
    }

    private String problem(String text) throws IOException {
        try {
            return "read: " + read(text);
        } catch (Refusal e) {
            return e.sentence().replace(directory + "/", "");
        }
    }

    @Test
    void fewKeysAreEnough() throws Exception {
        var settings = read(LEAST);
        assertThat(settings.host()).isEqualTo("voice1");
        assertThat(settings.allowedSigners()).isEqualTo(directory.resolve("allowed_signers"));
        assertThat(settings.hostPolicy()).isEqualTo(directory.resolve("host.yaml"));
        assertThat(settings.mayDefine()).isEmpty();
        assertThat(settings.signers()).isEqualTo(1);
        assertThat(settings.metricsHost() + ":" + settings.metricsPort()).isEqualTo("127.0.0.1:9098");
    }

    @Test
    void readsEveryKey() throws Exception {
        var settings = read("""
                fleet: example
                role: voice
                host: v1
                store: { nats: ["tls://a:4222", "tls://b:4222"], ca: ca.pem, user: v1, password-file: /run/secret }
                signers: 2
                allowed-signers: /etc/ssh/allowed_signers
                revoked-keys: revoked
                host-policy: own.yaml
                may-define: [itsp, blocklist]
                metrics: { host: 0.0.0.0, port: 9099 }
                """);
        assertThat(settings)
                .isEqualTo(new HostSettings(
                        "example",
                        "voice",
                        "v1",
                        new StoreSettings.Nats(
                                List.of("tls://a:4222", "tls://b:4222"),
                                Optional.of(directory.resolve("ca.pem")),
                                Optional.of("v1"),
                                Optional.of(Path.of("/run/secret")),
                                0),
                        2,
                        Path.of("/etc/ssh/allowed_signers"),
                        Optional.of(directory.resolve("revoked")),
                        directory.resolve("own.yaml"),
                        Optional.of(Set.of("itsp", "blocklist")),
                        "0.0.0.0",
                        9099));
    }

    @Test
    void reportsEachProblemWithItsPlace() throws Exception {
        assertThat(problem("role: voice")).isEqualTo("fleet.yaml: fleet: it is missing; write it");
        assertThat(problem(LEAST + "roles: []")).startsWith("fleet.yaml: roles: this key is unknown; known here are ");
        assertThat(problem(LEAST + "signers: 0"))
                .isEqualTo("fleet.yaml: signers: \"0\" is not a number from 1" + " to 16");
        assertThat(problem("fleet: x\nrole: voice\nstore: { https: \"http://x/\" }"))
                .isEqualTo("fleet.yaml: store.https: http://x/ is not a URL that begins with https://");
        assertThat(problem("fleet: x\nrole: voice\nstore: {}")).startsWith("fleet.yaml: store.nats: ");
        assertThat(problem("fleet: x\nrole: voice\nstore: { nats: [\"nats://a:4222\"], password-file: p }"))
                .isEqualTo("fleet.yaml: store.nats: the password would be sent in clear text; write tls:// instead");
        assertThat(problem("fleet: ../x")).contains("cannot be a name here");
        assertThat(problem(LEAST + "host: a.b")).contains("cannot be a name here");
    }
}
