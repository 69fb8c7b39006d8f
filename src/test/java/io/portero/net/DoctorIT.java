package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Child;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * The packaged doctor on a host with real problems and real programs.
 *
 * <p>Kamailio, RTPengine and coturn run with the files of Debian's packages in {@code /etc}; without the package, its
 * test is skipped.
 */
@TestInstance(Lifecycle.PER_CLASS)
class DoctorIT {
    private static final String POLICY = """
            groups: { itsp: [203.0.113.0/24], admins: [198.51.100.7] }
            services:
              ssh:    { ports: [22/tcp], from: [admins], management: true }
              webrtc: { ports: [20000-30000/udp], from: [any] }
              sip:    { ports: [5060/udp], from: [itsp], on-revoke: drain }
              rtp:    { ports: [40000-50000/udp], from: [itsp], on-revoke: drain }
            """;

    private TestLab net;
    private Path policy;

    @BeforeAll
    void build() throws Exception {
        net = TestLab.build(Place.HOST, Place.STRANGER);
        policy = net.lab.directory().resolve("doctor.yaml");
        Files.writeString(policy, POLICY);
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r--r--"));
        net.enforce(TestLab.policy(POLICY));
    }

    @AfterAll
    void takeAway() {
        if (net != null) {
            net.close();
        }
    }

    private CommandResult.Completed doctor(String... options) {
        var words = new ArrayList<>(PackagedAgent.words(net.lab, "doctor", policy.toString()));
        words.addAll(List.of(options));
        if (net.lab.run(Place.HOST, words.toArray(String[]::new)) instanceof CommandResult.Completed done) {
            return done;
        }
        throw new AssertionError("not run");
    }

    private List<JsonNode> findings() throws IOException {
        var findings = new ArrayList<JsonNode>();
        new ObjectMapper().readTree(doctor("--json").output()).path("findings").forEach(findings::add);
        return findings;
    }

    private static List<String> ids(List<JsonNode> findings) {
        return findings.stream().map(f -> f.path("id").asText()).distinct().toList();
    }

    private static List<String> about(List<JsonNode> findings, String program) {
        return findings.stream()
                .map(f -> f.path("what").asText())
                .filter(w -> w.contains(program))
                .toList();
    }

    private void onHost(String words) {
        assertThat(net.lab.run(Place.HOST, words.split(" ")))
                .isInstanceOfSatisfying(
                        CommandResult.Completed.class,
                        done -> assertThat(done.exitCode())
                                .as(words + done.errors())
                                .isZero());
    }

    private void nft(String script) {
        assertThat(net.lab.at(Place.HOST).run(new Command(List.of("nft", "-f", "-"), script, Duration.ofSeconds(10))))
                .isInstanceOfSatisfying(
                        CommandResult.Completed.class,
                        done -> assertThat(done.exitCode()).as(done.errors()).isZero());
    }

    private static boolean has(String file) {
        return Files.exists(Path.of(file));
    }

    @Test
    void findsProblemsUntilTheyAreSolved() throws Exception {
        assertThat(ids(findings()))
                .doesNotContain(
                        "sip-helper-rule", "foreign-chain-drops", "reassembly-fails", "not-in-force", "control-open");

        nft("""
                table inet other {
                    ct helper sip-udp { type "sip" protocol udp; }
                    chain pre { type filter hook prerouting priority -10; udp dport 5060 ct helper set "sip-udp"; }
                    chain input { type filter hook input priority 10; policy drop; ct state established accept; tcp dport 22 accept; }
                }
                table ip lost { chain pre { type filter hook prerouting priority -450; ip frag-off & 0x1fff != 0 drop; }; }
                """);
        onHost("sysctl -qw net.ipv4.ipfrag_time=1");
        onHost("sysctl -qw net.netfilter.nf_conntrack_udp_timeout_stream=30");
        net.lab.from(Place.HOST).listen(Protocol.UDP, 22222).join();
        try (var _ = Child.logging(
                at("dnsmasq", "-k", "-p", "9090", "-C", "/dev/null", "--no-resolv", "--no-hosts", "--pid-file="),
                net.lab.log("dnsmasq"))) {
            net.lab.run(Place.STRANGER, "ping", "-q", "-c", "30", "-i", "0.01", "-W", "1", "-s", "3000", host());
            await().atMost(Duration.ofSeconds(15)).until(() -> ids(findings()).contains("reassembly-fails"));
            var findings = findings();
            assertThat(ids(findings))
                    .contains(
                            "sip-helper-rule",
                            "foreign-chain-drops",
                            "silent-calls-forgotten",
                            "control-open",
                            "metrics-port-taken");
            assertThat(about(findings, "inet other input"))
                    .singleElement()
                    .asString()
                    .contains("5060/udp", "20000-30000/udp", "40000-50000/udp")
                    .doesNotContain("22/tcp");
            assertThat(about(findings, "dnsmasq")).hasSize(1);
            assertThat(doctor().exitCode()).isEqualTo(3);
        }

        nft("delete table inet other\ndelete table ip lost\n");
        onHost("sysctl -qw net.netfilter.nf_conntrack_udp_timeout_stream=960");
        assertThat(ids(findings()))
                .doesNotContain(
                        "sip-helper-rule", "foreign-chain-drops", "silent-calls-forgotten", "metrics-port-taken");
    }

    private List<String> at(String... words) {
        var all = new ArrayList<>(List.of("ip", "netns", "exec", net.lab.namespace(Place.HOST)));
        all.addAll(List.of(words));
        return all;
    }

    private static String host() {
        return Place.HOST.address(Family.V4);
    }

    @Test
    void theOutputFitsATerminalExceptForLinesToCopy() {
        net.firewall.remove();
        try {
            var done = doctor();
            assertThat(done.exitCode()).isEqualTo(3);
            assertThat(done.output()).contains("Portero's table is not in the kernel", "looked at: ");
            assertThat(done.output().lines())
                    .filteredOn(l -> !l.startsWith("    fix"))
                    .allMatch(l -> l.length() <= 80);
        } finally {
            net.enforce(TestLab.policy(POLICY));
        }
    }

    @Test
    void aRefusedPolicyIsAFindingAndTheHostIsStillExamined() throws Exception {
        Files.writeString(policy, POLICY + "nonsense: 1\n");
        try {
            assertThat(ids(findings())).contains("policy-refused");
        } finally {
            Files.writeString(policy, POLICY);
        }
    }

    @Test
    void readsTheSettingsOfARealRtpengine() throws Exception {
        Assumptions.assumeTrue(has("/usr/bin/rtpengine"), "no rtpengine-daemon here");
        var words = at(
                "rtpengine",
                "-f",
                "-E",
                "--table=-1",
                "--config-file=/etc/rtpengine/rtpengine.conf",
                "--port-min=30000");
        try (var _ = Child.logging(words, net.lab.log("rtpengine"))) {
            await().atMost(Duration.ofSeconds(15)).until(() -> listens("2223"));
            assertThat(about(findings(), "RTPengine uses"))
                    .singleElement()
                    .asString()
                    .contains("30000-40000/udp", "port-min and port-max in its command line", "30001-39999/udp");
        }
    }

    @Test
    void readsTheSettingsOfARealCoturn() throws Exception {
        Assumptions.assumeTrue(has("/usr/bin/turnserver"), "no coturn here");
        try (var _ = Child.logging(at("turnserver", "-c", "/etc/turnserver.conf"), net.lab.log("turnserver"))) {
            await().atMost(Duration.ofSeconds(15)).until(() -> listens("3478"));
            assertThat(about(findings(), "coturn uses"))
                    .anySatisfy(w -> assertThat(w).contains("3478/udp for TURN"))
                    .anySatisfy(w -> assertThat(w).contains("49152-65535/udp", "no service admits 50001-65535/udp"));
        }
    }

    @Test
    void readsTheSettingsOfARealKamailio() throws Exception {
        Assumptions.assumeTrue(has("/usr/sbin/kamailio"), "no kamailio here");
        var moved = net.lab.directory().resolve("kamailio.cfg");
        var shipped = Files.readString(Path.of("/etc/kamailio/kamailio.cfg"));
        Files.writeString(
                moved,
                "#!KAMAILIO\n#!define SIP_PORT 52000\n"
                        + shipped.replaceFirst("(?m)^# listen=.*", "listen=udp:" + host() + ":SIP_PORT"));
        try (var _ = Child.logging(at("kamailio", "-DD", "-E", "-f", moved.toString()), net.lab.log("kamailio"))) {
            await().atMost(Duration.ofSeconds(15)).until(() -> listens("52000"));
            assertThat(about(findings(), "Kamailio listens"))
                    .singleElement()
                    .asString()
                    .contains("52000/udp", "listen in " + moved);
        }
    }

    private boolean listens(String port) {
        return net.lab.run(Place.HOST, "ss", "-lntu") instanceof CommandResult.Completed done
                && done.output().contains(":" + port + " ");
    }
}
