package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.Child;
import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import io.portero.policy.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A host without connection tracking runs sessions of all kinds, and then gets its first table.
 *
 * <p>The other side sends ten times a second, and this host sends only when necessary: so the first packet of a session
 * that connection tracking sees is mostly from the other side.
 */
class LearningIT {
    private static final Duration LONG = Duration.ofSeconds(40);
    private static final String POLICY = """
            services:
              ssh: { ports: [22/tcp], from: [any], management: true }
            agent: { reconcile-interval: 1s, metrics: { host: 127.0.0.1 } }
            """;
    /** Each session appends a byte to its file for each datagram that it receives. */
    private static final String PROGRAM = """
            import socket, sys, threading, time
            role, here, there, directory = sys.argv[1:5]
            family = socket.AF_INET6 if ':' in here else socket.AF_INET
            def count(name, s):
                with open(directory + '/' + name, 'ab', 0) as f:
                    while s.recv(2000): f.write(b'.')
            def push(s):
                while True:
                    s.send(b'x' * 100)
                    time.sleep(0.1)
            def start(what, *args): threading.Thread(target=what, args=args, daemon=True).start()
            def serve(port, name, pushing):
                l = socket.create_server((here, port), family=family)
                def accept():
                    while True:
                        s, _ = l.accept()
                        start(count, name, s)
                        if pushing: start(push, s)
                start(accept)
            def dial(port, name, pushing):
                for i in range(100):
                    try:
                        s = socket.create_connection((there, port)); break
                    except OSError: time.sleep(0.1)
                start(count, name, s)
                if pushing: start(push, s)
            if role == 'host':
                serve(22, 'ssh', False)
                serve(5432, 'closed-here', True)
                dial(9000, 'out-answers', False)
                dial(9001, 'out-silent-peer', True)
                u = socket.socket(family, socket.SOCK_DGRAM); u.bind((here, 7777))
                start(count, 'udp', u)
                while True:
                    u.sendto(b'a', (there, 9002))
                    time.sleep(2)
            serve(9000, 'peer-out-answers', True)
            serve(9001, 'peer-out-pushed', False)
            dial(22, 'peer-ssh', True)
            dial(5432, 'closed', True)
            u = socket.socket(family, socket.SOCK_DGRAM); u.bind((here, 9002))
            d, a = u.recvfrom(100)
            while True:
                u.sendto(b'y', a)
                time.sleep(0.0005)
            """;

    private final List<Child> sessions = new ArrayList<>();
    private TestLab net;
    private PackagedAgent agent;
    private Path seen;

    @BeforeEach
    void start() throws IOException {
        net = TestLab.build();
        seen = Files.createDirectories(net.lab.directory().resolve("seen"));
    }

    @AfterEach
    void end() {
        sessions.forEach(Child::close);
        if (agent != null) {
            agent.close();
        }
        net.close();
    }

    private void sessions(Family family) throws IOException {
        var program = Files.writeString(net.lab.directory().resolve("sessions.py"), PROGRAM);
        for (var place : List.of(Place.HOST, Place.ITSP)) {
            var other = place == Place.HOST ? Place.ITSP : Place.HOST;
            sessions.add(net.lab.start(
                    place,
                    "sessions-" + place,
                    List.of(
                            "python3",
                            program.toString(),
                            place == Place.HOST ? "host" : "peer",
                            place.address(family),
                            other.address(family),
                            seen.toString())));
        }
        for (var name : List.of("ssh", "closed", "out-answers", "peer-out-pushed", "udp")) {
            await().atMost(LONG).until(() -> bytes(name) > 3);
        }
    }

    private long bytes(String name) throws IOException {
        var file = seen.resolve(name);
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private String tracked() {
        return net.lab.run(Place.HOST, "cat", "/proc/sys/net/netfilter/nf_conntrack_count")
                        instanceof CommandResult.Completed done
                ? done.output().strip()
                : "";
    }

    private void assertAllGoesOnButTheClosedPort() throws Exception {
        for (var name : List.of("ssh", "out-answers", "peer-out-pushed", "udp")) {
            long then = bytes(name);
            await().atMost(LONG).until(() -> bytes(name) > then + 20);
        }
        Thread.sleep(1000); // packets that were on their way
        long closed = bytes("closed-here");
        Thread.sleep(2000);
        assertThat(bytes("closed-here")).as("what comes in at the closed port").isEqualTo(closed);
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void theFirstTableCutsOnlySessionsThatThePolicyDoesNotAdmit(Family family) throws Exception {
        assertThat(tracked()).isEqualTo("0");
        sessions(family);
        agent = PackagedAgent.start(net.lab, POLICY);
        assertThat(agent.log())
                .contains("for 10 seconds nothing is dropped, so that the kernel learns")
                .contains("cut off, because no service admits them: " + Place.ITSP.address(family) + " to 5432/tcp");
        assertAllGoesOnButTheClosedPort();
        var table = net.lab.run(Place.HOST, "nft", "list", "table", "inet", "portero");
        assertThat(table.toString()).doesNotContain("learning");

        // If the table is deleted, or the agent is restarted, the host is closed again at once.
        net.lab.run(Place.HOST, "nft", "delete", "table", "inet", "portero");
        await().atMost(LONG)
                .until(() -> net.lab.run(Place.HOST, "nft", "list", "table", "inet", "portero")
                                instanceof CommandResult.Completed done
                        && done.succeeded());
        agent.close();
        agent = PackagedAgent.begin(net.lab, System.getenv("PATH"), "second");
        await().atMost(LONG).until(agent::isInSync);
        assertThat(Files.readString(net.lab.log("second"))).doesNotContain("nothing is dropped");
        assertAllGoesOnButTheClosedPort();
    }

    @ParameterizedTest
    @EnumSource(value = Family.class, names = "V4")
    void applyWithoutAnAgentDoesTheSame(Family family) throws Exception {
        sessions(family);
        var file = net.lab.directory().resolve("portero.yaml");
        Files.writeString(file, POLICY);
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rw-r--r--"));
        var applied = PackagedAgent.command(net.lab, "apply");
        assertThat(applied.exitCode()).as(applied.output() + applied.errors()).isZero();
        assertThat(applied.output() + applied.errors()).contains("nothing is dropped");
        assertAllGoesOnButTheClosedPort();
    }
}
