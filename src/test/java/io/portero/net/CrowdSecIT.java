package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands that the script for CrowdSec's custom bouncer makes of the lines of Debian 12's bouncer (0.0.15). */
class CrowdSecIT {
    private static final String DECISION = """
            {"duration":"%s","id":2,"origin":"crowdsec","scenario":"%s","scope":"%s","type":"%s","value":"%s","action":"%s"}
            """;

    @TempDir
    private Path directory;

    private static String decision(String action, String value, String duration) {
        return DECISION.formatted(
                duration, "crowdsecurity/ssh-bf", value.contains("/") ? "Range" : "Ip", "ban", value, action);
    }

    /** @param answers the output and the exit code of the program that replaces portero */
    private String handedOver(String answers, String decisions) throws IOException {
        var log = directory.resolve("log");
        var portero = Files.writeString(
                directory.resolve("portero"),
                "#!/bin/sh\n{ echo \"portero $*\"; sort; } >>" + log + "\n" + answers + "\n");
        Files.setPosixFilePermissions(portero, PosixFilePermissions.fromString("rwxr-xr-x"));
        var result = new ProcessRunner()
                .run(new Command(
                        List.of("env", "PORTERO=" + portero, "bash", "packaging/crowdsec/portero-crowdsec"),
                        decisions,
                        Duration.ofSeconds(20)));
        assertThat(result).isInstanceOfSatisfying(CommandResult.Completed.class, done -> {
            assertThat(done.errors()).isEmpty();
            assertThat(done.exitCode()).isZero();
        });
        return Files.exists(log) ? Files.readString(log) : "";
    }

    @Test
    void decisionsThatArriveTogetherAreOneChange() throws IOException {
        assertThat(handedOver(
                        "echo banned: 3; exit 1",
                        decision("add", "192.0.2.7", "3h59m35.93566486s")
                                + decision("add", "198.51.100.0/24", "59m35.935667594s")
                                + decision("add", "2001:db8::7", "36s")
                                + decision("add", "192.0.2.8", "868.567078ms")))
                .isEqualTo("""
                        portero ban - --by crowdsec --only
                        192.0.2.7 3h59m35s crowdsecurity/ssh-bf
                        198.51.100.0/24 59m35s crowdsecurity/ssh-bf
                        2001:db8::7 36s crowdsecurity/ssh-bf
                        """);
    }

    @Test
    void theLastDecisionCounts() throws IOException {
        assertThat(handedOver(
                        "echo unbanned: 1",
                        decision("add", "192.0.2.7", "4h0m1s") + decision("del", "192.0.2.7", "-868.567078ms")))
                .isEqualTo("portero unban - --by crowdsec\n192.0.2.7\n");
    }

    @Test
    void skipsDecisionsThatAreNotBansOfAddresses() throws IOException {
        assertThat(handedOver(
                        "echo banned: 1",
                        DECISION.formatted("1h0m0s", "x", "Ip", "captcha", "192.0.2.1", "add")
                                + DECISION.formatted("1h0m0s", "x", "Country", "ban", "AR", "add")
                                + DECISION.formatted("1h0m0s", "x", "Ip", "ban", "$(reboot)", "add")
                                + "no JSON\n"))
                .isEmpty();
    }

    @Test
    void aScenarioCannotNameAnotherAddress() throws IOException {
        var scenario = "x\\\",\\\"value\\\":\\\"203.0.113.1\\\",\\\"";
        assertThat(handedOver(
                        "echo banned: 1", DECISION.formatted("1h0m0s", scenario, "Ip", "ban", "192.0.2.1", "add")))
                .isEqualTo("portero ban - --by crowdsec --only\n192.0.2.1 1h0m0s \n");
    }

    @Test
    void theBouncersConfigurationNamesTheInstalledScript() throws IOException {
        var configuration = Files.readString(Path.of("packaging/crowdsec/crowdsec-custom-bouncer.yaml.local"));
        assertThat(configuration).contains("feed_via_stdin: true");
        var script = configuration.replaceFirst("(?s).*\nbin_path: ([^\n]+)\n.*", "$1");
        assertThat(Files.readString(Path.of("packaging/build")))
                .contains("install -Dm755 packaging/crowdsec/portero-crowdsec \"$tree" + script + "\"");
        assertThat(Files.isExecutable(Path.of("packaging/crowdsec/portero-crowdsec")))
                .isTrue();
    }
}
