package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.Child;
import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import io.portero.policy.Family;
import io.portero.safety.WayIn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A host with the programs of OMniLeads, a real sshd with a login, and an attacker without a login. */
@TestInstance(Lifecycle.PER_CLASS)
class InitIT {
    private static final String HOST = Place.HOST.address(Family.V4);
    private static final String ADMIN = Place.ADMIN.address(Family.V4);
    private static final String STRANGER = Place.STRANGER.address(Family.V4);
    /** A process with a name and a socket. */
    private static final String PROGRAM = """
            import socket, sys, time
            name, kind, address, port = sys.argv[1:]
            open('/proc/self/comm', 'w').write(name)
            s = socket.socket(socket.AF_INET, socket.SOCK_STREAM if kind == 'tcp' else socket.SOCK_DGRAM)
            s.bind((address, int(port)))
            if kind == 'tcp': s.listen()
            time.sleep(600)
            """;
    /** Reads the greeting of the server and sends nothing, as slow password guessers do. */
    private static final String CALLER = """
            import socket, time
            s = socket.create_connection(('%s', 2222))
            s.recv(10)
            time.sleep(600)
            """.formatted(HOST);

    private TestLab net;
    private Sshd sshd;

    @BeforeAll
    void build() throws Exception {
        net = TestLab.build(Place.HOST);
        sshd = Sshd.start(net.lab, Place.HOST, 2222);
        runs("asterisk", "udp", "0.0.0.0", 5060);
        runs("rtpengine", "udp", "0.0.0.0", 22222);
        runs("kamailio", "tcp", "0.0.0.0", 10060);
        runs("postgres", "tcp", "0.0.0.0", 5432);
        runs("redis-server", "tcp", "127.0.0.1", 6379);
        runs("homemade", "tcp", "0.0.0.0", 8123);
        net.lab.publish(443, 443);
    }

    private Child runs(String name, String kind, String address, int port) throws IOException {
        return net.lab.start(Place.HOST, name, List.of("python3", "-c", PROGRAM, name, kind, address, "" + port));
    }

    @AfterAll
    void takeAway() {
        if (net != null) {
            net.close();
        }
    }

    private CommandResult.Completed init(String... options) {
        var words = new ArrayList<>(List.of("init"));
        words.addAll(List.of(options));
        var all = PackagedAgent.words(net.lab, words.toArray(String[]::new));
        var without = all.subList(0, all.indexOf("--config"));
        if (net.lab.run(Place.HOST, without.toArray(String[]::new)) instanceof CommandResult.Completed done) {
            return done;
        }
        throw new AssertionError("not run");
    }

    private String proposed(String... options) {
        var done = init(options);
        assertThat(done.exitCode()).as(done.errors()).isZero();
        assertThat(done.errors()).isEmpty();
        return done.output();
    }

    @Test
    void proposesTheServicesOfTheHostAndAdmitsLoggedInSourcesButNotAttackers() throws Exception {
        await().until(() -> proposed().contains("homemade"));
        try (var session = sshd.session(Place.ADMIN, HOST, 2222);
                var guesser = net.lab.start(Place.STRANGER, "guesser", List.of("python3", "-c", CALLER))) {
            assertThat(session.isAlive() && guesser.isAlive()).isTrue();
            await().atMost(Duration.ofSeconds(5)).until(() -> connected(STRANGER));
            var text = proposed("--admins", "198.51.100.200", "--itsp", "203.0.113.0/24,198.51.100.64-198.51.100.95");
            assertThat(text)
                    .contains("looks like OMniLeads")
                    .contains("ssh: { ports: [2222/tcp], from: [admins], management: true }")
                    .containsPattern("\n    - " + ADMIN + " +# is logged in now")
                    .doesNotContain("- " + STRANGER)
                    .contains("https: { ports: [443/tcp, 443/udp], from: [any] }")
                    // the configured ports, if the program is installed
                    .containsPattern("webrtc: \\{ ports: \\[.*/udp], from: \\[any] }")
                    .contains("#   5432/tcp     PostgreSQL, postgres")
                    .doesNotContain("6379")
                    .contains("  # homemade: { ports: [8123/tcp], from: [any] }");
            var policy = TestLab.policy(text);
            assertThat(WayIn.managementPorts(List.of(policy))).hasToString("[2222/tcp]");
            net.enforce(policy);
            assertThat(sshd.login(Place.ADMIN, HOST, 2222)).isTrue();
            assertThat(sshd.login(Place.STRANGER, HOST, 2222)).isFalse();
            net.firewall.remove();
        }
    }

    /** Whether the host has a session with this peer. */
    private boolean connected(String peer) {
        return net.lab.run(Place.HOST, "ss", "-Htn", "dst", peer) instanceof CommandResult.Completed done
                && !done.output().isBlank();
    }

    @Test
    void writesAValidFileAndNeverOverwritesOne() throws IOException {
        var file = net.lab.directory().resolve("proposed.yaml");
        assertThat(init("--output", file.toString()).exitCode()).isZero();
        assertThat(PackagedAgent.command(net.lab, "check", file.toString()))
                .satisfies(
                        check -> assertThat(check.exitCode()).as(check.errors()).isZero());
        Files.writeString(file, "mine");
        assertThat(init("-o", file.toString())).satisfies(again -> {
            assertThat(again.exitCode()).isEqualTo(1);
            assertThat(again.errors())
                    .startsWith("portero: " + file + " exists, and portero init does not overwrite it");
        });
        assertThat(file).hasContent("mine");
        assertThat(init("-o", "/nowhere/at/all.yaml").errors()).contains("its directory does not exist");
        assertThat(Path.of("/nowhere")).doesNotExist();
    }

    @Test
    void refusesAWordThatIsNotAnAddress() {
        assertThat(init("--admins", "192.0.2.300")).satisfies(refused -> {
            assertThat(refused.exitCode()).isEqualTo(64);
            assertThat(refused.errors()).contains("--admins: \"192.0.2.300\" is not an address: 300 is above 255");
        });
    }
}
