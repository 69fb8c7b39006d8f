package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.NamedSet;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Trigger;
import io.portero.exec.Child;
import io.portero.lab.Place;
import io.portero.plan.TimedMember;
import io.portero.policy.Family;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real sipp calls, each with a re-INVITE, under limits and drains. */
class SipIT {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final String HOST = Place.HOST.address(Family.V4);
    private static final String POLICY = """
            groups: { itsp: [%s] }
            services:
              ssh:    { ports: [22/tcp],        from: [any],  management: true }
              sip:    { ports: [5060/udp],      from: [itsp], limit: { rate: 50/second, burst: 100, ban: 10m }, on-revoke: { drain: 8s } }
              phones: { ports: [5070/udp],      from: [any],  limit: { rate: 20/second, burst: 40, ban: 10m } }
            """;
    private static final String CARRIER = "203.0.113.0/24";

    @TempDir
    private Path directory;

    private final List<Child> programs = new ArrayList<>();
    private TestLab net;
    private Path file;
    private Reconciler agent;

    @BeforeEach
    void start() throws IOException {
        net = TestLab.build(Place.HOST);
        file = directory.resolve("portero.yaml");
        Files.createDirectory(directory.resolve("state"));
        write(CARRIER);
        var clock = Clock.systemUTC();
        agent = new Reconciler(
                file,
                new PolicyReader(),
                net.firewall,
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                new FakeHost(),
                Keeping.in(directory.resolve("state"), directory.resolve("run"), clock, System::nanoTime),
                clock,
                List.of());
        agent.pass(Trigger.STARTUP);
    }

    @AfterEach
    void stop() {
        programs.forEach(Child::close);
        if (net != null) {
            net.close();
        }
    }

    private void write(String itsp) throws IOException {
        Files.writeString(file, POLICY.formatted(itsp));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private Child sipp(Place place, String name, String scenario, String... more) throws IOException {
        var words = new ArrayList<>(List.of(
                "sipp",
                "-sf",
                Path.of("src/test/resources/sipp", scenario).toAbsolutePath().toString()));
        words.addAll(List.of("-i", place.address(Family.V4), "-nostdin", "-max_socket", "1000"));
        words.addAll(List.of(more));
        var program = net.lab.start(place, name, words);
        programs.add(program);
        return program;
    }

    /** Each call has its own flow. */
    private Child calls(String name, int calls, Duration pause) throws IOException {
        return sipp(
                Place.ITSP,
                name,
                "caller.xml",
                HOST + ":5060",
                "-t",
                "un",
                "-m",
                "" + calls,
                "-r",
                "10",
                "-d",
                "" + pause.toMillis(),
                "-timeout",
                "20s",
                "-timeout_error");
    }

    private static void assertSucceeds(Child program) throws InterruptedException {
        assertThat(program.await(LONG)).isTrue();
        assertThat(program.await()).isZero();
    }

    private long counter(String name) {
        return switch (net.firewall.counters()) {
            case Reading.Of<Map<String, Count>>(var counts) ->
                counts.getOrDefault(name, Count.ZERO).packets();
            case Reading.Failed<Map<String, Count>>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    @Test
    void callsOfARemovedCarrierEndNormallyAndNewCallsAreRefused() throws Exception {
        sipp(Place.HOST, "answerer", "answerer.xml", "-p", "5060");
        var calls = calls("calls", 20, Duration.ofSeconds(2));
        await().atMost(LONG).until(() -> counter("service_sip_new") == 20);
        long before = counter("service_sip_accept");

        write("198.51.100.64");
        agent.pass(Trigger.FILE);
        var late = calls("late", 2, Duration.ofMillis(10));

        assertSucceeds(calls);
        assertThat(counter("service_sip_accept"))
                .as("re-INVITE, its ACK and BYE of each call")
                .isGreaterThanOrEqualTo(before + 40);
        assertThat(counter("service_sip_new")).isEqualTo(20);
        assertThat(counter("dropped_source")).isPositive();
        assertThat(counter("dropped_limit")).isZero();
        late.kill();
    }

    @Test
    void callsContinueDuringAFloodAndItsSourceIsBanned() throws Exception {
        sipp(Place.HOST, "answerer", "answerer.xml", "-p", "5060");
        sipp(Place.HOST, "registrar", "registrar.xml", "-p", "5070");
        var phone = sipp(
                Place.ITSP,
                "phone",
                "asker.xml",
                HOST + ":5070",
                "-m",
                "5",
                "-r",
                "5",
                "-timeout",
                "10s",
                "-timeout_error");
        var calls = calls("calls", 20, Duration.ofSeconds(1));
        var scanner = sipp(
                Place.STRANGER,
                "scanner",
                "asker.xml",
                HOST + ":5070",
                "-m",
                "1000",
                "-r",
                "500",
                "-timeout",
                "3s",
                "-timeout_error");

        assertSucceeds(calls);
        assertSucceeds(phone);
        assertThat(scanner.await(LONG)).isTrue();
        assertThat(scanner.await()).isNotZero();
        assertThat(counter("dropped_limit")).isEqualTo(1);
        assertThat(counter("dropped_banned")).isGreaterThan(500);
        assertThat(net.firewall.members(new NamedSet.Exceeded("phones", Family.V4).name()))
                .isInstanceOfSatisfying(
                        Reading.Of.class,
                        r -> assertThat((List<?>) r.value())
                                .singleElement()
                                .satisfies(m -> assertThat(((TimedMember) m).address())
                                        .hasToString(Place.STRANGER.address(Family.V4))));
    }
}
