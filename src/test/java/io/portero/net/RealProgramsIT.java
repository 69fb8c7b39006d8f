package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Child;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import io.portero.policy.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The packaged agent with real peers: sipp as a carrier and as a scanner, and a Prometheus. */
@TestInstance(Lifecycle.PER_CLASS)
class RealProgramsIT {
    private static final Duration CALLS = Duration.ofSeconds(40);
    private static final String HOST = Place.HOST.address(Family.V4);

    private TestLab net;
    private PackagedAgent agent;

    @BeforeAll
    void start() throws IOException {
        net = TestLab.build(Place.HOST, Place.STRANGER, Place.MONITOR);
        agent = PackagedAgent.start(net.lab, Files.readString(Path.of("packaging/examples/all-in-one.yaml")));
    }

    @AfterAll
    void stop() {
        if (agent != null) {
            agent.close();
        }
        if (net != null) {
            net.close();
        }
    }

    private CommandResult.Completed call(Place from, int calls) throws IOException {
        var words = List.of(
                "sipp",
                "-sn",
                "uac",
                HOST + ":5060",
                "-i",
                from.address(Family.V4),
                "-p",
                "5060",
                "-m",
                "" + calls,
                "-r",
                "20",
                "-d",
                "100",
                "-timeout",
                "8s",
                "-timeout_error",
                "-nostdin",
                "-max_retrans",
                "3");
        var result = net.lab.at(from).run(new Command(words, "", CALLS));
        return switch (result) {
            case CommandResult.Completed done -> done;
            case CommandResult.NotStarted not -> throw new AssertionError(not.why() + ": apt-get install sip-tester");
            case CommandResult.TimedOut out -> throw new AssertionError(out.toString());
        };
    }

    @Test
    void theCarriersCallsPassAndTheScannerGetsNoAnswer() throws IOException {
        var answerer = List.of("sipp", "-sn", "uas", "-i", HOST, "-p", "5060", "-nostdin");
        try (var uas = net.lab.start(Place.HOST, "uas", answerer)) {
            assertThat(uas.isAlive()).isTrue();
            var carrier = call(Place.ITSP, 20);
            assertThat(carrier.exitCode()).as(carrier.output()).isZero();
            var scanner = call(Place.STRANGER, 3);
            assertThat(scanner.exitCode()).as(scanner.output()).isNotZero();
            assertThat(scanner.output()).doesNotContain("200 OK");
        }
        assertThat(sipPackets("refused")).isPositive();
        assertThat(sipPackets("accepted")).isGreaterThanOrEqualTo(40);
    }

    private long sipPackets(String verdict) throws IOException {
        for (var service : new ObjectMapper().readTree(agent.status()).path("services")) {
            if (service.path("name").asText().equals("sip")) {
                return service.path(verdict).path("packets").asLong();
            }
        }
        throw new AssertionError("no service sip");
    }

    @Test
    void onlyThePrometheusAtTheMonitoringCenterCanScrape() throws Exception {
        var config = net.lab.directory().resolve("prometheus.yml");
        Files.writeString(config, """
                global: { scrape_interval: 1s }
                scrape_configs:
                  - { job_name: portero, static_configs: [{ targets: ["%s:9090"] }] }
                """.formatted(HOST));
        try (var prometheus = prometheus(config)) {
            assertThat(prometheus.isAlive()).isTrue();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> query("portero_in_sync").contains("\"1\""));
            assertThat(query("portero_applies_total")).contains("\"trigger\":\"startup\"");
        }
        var stranger = net.lab
                .from(Place.STRANGER)
                .get("-", HOST, 9090, "/metrics", Duration.ofSeconds(1))
                .join();
        assertThat(stranger).doesNotContain("portero_in_sync");
    }

    private Child prometheus(Path config) throws IOException {
        return net.lab.start(
                Place.MONITOR,
                "prometheus",
                List.of(
                        "prometheus",
                        "--config.file=" + config,
                        "--storage.tsdb.path=" + net.lab.directory().resolve("tsdb"),
                        "--web.listen-address=127.0.0.1:9091"));
    }

    private String query(String metric) {
        return net.lab
                .from(Place.MONITOR)
                .get("-", "127.0.0.1", 9091, "/api/v1/query?query=" + metric, Duration.ofSeconds(2))
                .join();
    }
}
