package io.portero.net;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Child;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import io.portero.lab.Place;
import io.portero.policy.Family;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** A Prometheus at the monitoring center of a lab, which scrapes the agent on the host each second. */
final class RealPrometheus implements AutoCloseable {
    private static final int PORT = 9099;

    private final TestLab net;
    private final Child child;

    private RealPrometheus(TestLab net, Child child) {
        this.net = net;
        this.child = child;
    }

    /** Skips the test without a Prometheus; in CI this is a failure. */
    static void need() {
        var version = new ProcessRunner().run(Command.of(Duration.ofSeconds(20), "prometheus", "--version"));
        if (version instanceof CommandResult.NotStarted) {
            if ("true".equals(System.getenv("CI"))) {
                throw new AssertionError("prometheus is needed in CI");
            }
            Assumptions.abort("no prometheus here: apt-get install prometheus");
        }
    }

    /** @param net a lab with an outpost at the monitoring center */
    static RealPrometheus start(TestLab net, Path... rules) throws IOException {
        var config = net.lab.directory().resolve("prometheus.yml");
        Files.writeString(config, """
                global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
                rule_files: [%s]
                scrape_configs: [{ job_name: portero, static_configs: [{ targets: ["%s:9090"] }] }]
                """.formatted(
                        Stream.of(rules).map(r -> r.toAbsolutePath().toString()).collect(Collectors.joining(", ")),
                        Place.HOST.address(Family.V4)));
        var words = List.of(
                "prometheus",
                "--config.file=" + config,
                "--storage.tsdb.path=" + net.lab.directory().resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + PORT);
        var prometheus = new RealPrometheus(net, net.lab.start(Place.MONITOR, "prometheus", words));
        prometheus.awaitData("up{job=\"portero\"} == 1");
        return prometheus;
    }

    /** Its answer over HTTP, with data or an error. */
    JsonNode ask(String path, String parameter, String value) throws IOException {
        var answer = net.lab
                .from(Place.MONITOR)
                .get(
                        "-",
                        "127.0.0.1",
                        PORT,
                        "/api/v1/" + path + "?" + parameter + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8),
                        Duration.ofSeconds(10))
                .join();
        int open = answer.indexOf('{');
        return open < 0
                ? new ObjectMapper().createObjectNode().put("error", answer)
                : new ObjectMapper().readTree(answer.substring(open));
    }

    /** The series that an expression returns. */
    JsonNode query(String expression) throws IOException {
        var answer = ask("query", "query", expression);
        if (!answer.path("status").asText().equals("success")) {
            throw new AssertionError(expression + ": " + answer);
        }
        return answer.path("data").path("result");
    }

    void awaitData(String expression) {
        await(expression)
                .ignoreException(AssertionError.class)
                .atMost(Duration.ofSeconds(30))
                .until(() -> !query(expression).isEmpty());
    }

    @Override
    public void close() {
        child.close();
    }
}
