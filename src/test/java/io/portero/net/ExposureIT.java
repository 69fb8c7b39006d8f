package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import io.portero.policy.Protocol;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Real sockets and a real port translation, compared with a policy in the kernel. */
@TestInstance(Lifecycle.PER_CLASS)
class ExposureIT {
    private static final String POLICY = """
            groups: { admins: [198.51.100.7] }
            services:
              ssh:  { ports: [22/tcp], from: [admins], management: true }
              db:   { ports: [5432/tcp], from: [any] }
              web:  { ports: [8080/tcp], from: [any] }
              sip:  { ports: [5060/udp], from: [any] }
              idle: { ports: [4430/tcp], from: [any] }
            """;

    private TestLab net;
    private Path policy;

    @BeforeAll
    void build() throws Exception {
        net = TestLab.build(Place.HOST);
        for (int port : List.of(22, 5432, 6379)) {
            net.lab.from(Place.HOST).listen(Protocol.TCP, port).join();
        }
        net.lab.from(Place.HOST).listen(Protocol.UDP, 5060).join();
        net.lab.publish(8080, 80);
        policy = net.lab.directory().resolve("exposure.yaml");
        Files.writeString(policy, POLICY);
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r--r--"));
    }

    @AfterAll
    void takeAway() {
        if (net != null) {
            net.close();
        }
    }

    @Test
    void reportsWhoReachesEachPort() throws Exception {
        net.firewall.remove();
        assertThat(scopes()).as("without the table").containsEntry("6379/tcp", "any");

        net.enforce(TestLab.policy(POLICY));
        assertThat(scopes())
                .containsEntry("22/tcp", "some")
                .containsEntry("5432/tcp", "any")
                .containsEntry("6379/tcp", "nobody")
                .containsEntry("8080/tcp", "any")
                .containsEntry("5060/udp", "any")
                .doesNotContainKey("4430/tcp");
        var json = new ObjectMapper().readTree(exposure("--json").output());
        var first = json.path("listeners").path(0);
        assertThat(first.path("ports").asText()).isEqualTo("5432/tcp");
        assertThat(first.path("dangerous").asBoolean()).isTrue();
        assertThat(first.path("programs").path(0).asText()).isNotEmpty();
        assertThat(json.path("listeners").findValuesAsText("leads_to")).isNotEmpty();
        assertThat(json.path("nothing_listens")).hasSize(1);
        assertThat(json.path("nothing_listens").path(0).path("service").asText())
                .isEqualTo("idle");
    }

    @Test
    void failOnOpenFailsForAnOpenPort() {
        net.enforce(TestLab.policy(POLICY));
        assertThat(exposure("--fail-on-open", "5000-6000/tcp,6379/tcp")).satisfies(open -> {
            assertThat(open.exitCode()).isEqualTo(3);
            assertThat(open.errors()).isEqualTo("portero: everybody can reach 5432/tcp\n");
            assertThat(open.output().lines()).allMatch(l -> l.length() <= 80);
        });
        assertThat(exposure("--fail-on-open", "6379/tcp,22/tcp,4430/tcp").exitCode())
                .isZero();
    }

    @Test
    void findsRawSocketsAndMulticastGroupsWithTheirInterface() throws Exception {
        net.enforce(TestLab.policy(POLICY));
        var program = """
                import socket, struct, time
                open('/proc/self/comm', 'w').write('keepalived')
                s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 112)
                index = socket.if_nametoindex('eth0')
                s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                             struct.pack('4sii', socket.inet_aton('224.0.0.18'), 0, index))
                ping = socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
                time.sleep(600)
                """;
        try (var vrrp = net.lab.start(Place.HOST, "vrrp", List.of("python3", "-c", program))) {
            await().until(() -> scopes().containsKey("vrrp"));
            assertThat(vrrp.isAlive()).isTrue();
            assertThat(scopes()).containsEntry("vrrp", "nobody").doesNotContainKey("protocol:1");
            var multicast =
                    new ObjectMapper().readTree(exposure("--json").output()).path("multicast");
            assertThat(multicast.findValuesAsText("name")).contains("VRRP");
            assertThat(multicast.findValuesAsText("interface")).contains("eth0");
            assertThat(exposure().output())
                    .contains("  vrrp                   keepalived                 no service has it\n")
                    .contains("  224.0.0.18             VRRP                       eth0 (public)\n");
        }
    }

    private TreeMap<String, String> scopes() throws Exception {
        var scopes = new TreeMap<String, String>();
        new ObjectMapper()
                .readTree(exposure("--json").output())
                .path("listeners")
                .forEach(l ->
                        scopes.put(l.path("ports").asText(), l.path("scope").asText()));
        return scopes;
    }

    private CommandResult.Completed exposure(String... options) {
        var words = new ArrayList<>(PackagedAgent.words(net.lab, "exposure", policy.toString()));
        words.addAll(List.of(options));
        if (net.lab.run(Place.HOST, words.toArray(String[]::new)) instanceof CommandResult.Completed done) {
            return done;
        }
        throw new AssertionError("not run");
    }
}
