package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import io.portero.lab.Place;
import io.portero.policy.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** The complete scrape of the packaged agent: names, help, types and labels; {@code -Dgolden.update=true} writes it. */
@TestInstance(Lifecycle.PER_CLASS)
class MetricsIT {
    private static final Path GOLDEN = Path.of("src/test/resources/metrics.txt");
    private static final Pattern VALUE = Pattern.compile("(?m)^([^#].*) \\S+$");
    private static final Pattern ONCE = Pattern.compile("\\b(digest|version|runtime)=\"[^\"]*\"");
    private static final String POLICY = """
            groups:
              itsp: [203.0.113.0/24, sip.carrier.example]
              blocklist: [192.0.2.66, "url:https://192.0.2.10/drop.txt"]
            services:
              ssh: { ports: [22/tcp], from: [any], management: true }
              sip: { ports: [5060/udp], from: [itsp] }
              metrics: { ports: [9090/tcp], from: [any] }
            deny: [blocklist]
            agent: { metrics: { host: 0.0.0.0 } }
            """;

    private TestLab net;
    private PackagedAgent agent;

    @BeforeAll
    void start() throws IOException {
        net = TestLab.build(Place.MONITOR);
        agent = PackagedAgent.start(net.lab, POLICY);
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

    private String scrape() {
        var response = net.lab
                .from(Place.MONITOR)
                .get("-", Place.HOST.address(Family.V4), 9090, "/metrics", Duration.ofSeconds(10))
                .join();
        return response.substring(response.indexOf("\r\n\r\n") + 4);
    }

    /** Removes the values that differ by day and by machine. */
    private static String lasting(String scraped) {
        return ONCE.matcher(VALUE.matcher(scraped).replaceAll("$1 N")).replaceAll("$1=\"...\"");
    }

    @Test
    void matchesTheGolden() throws IOException {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> scrape().contains("portero_name_resolution_failures_total{"));
        await().atMost(Duration.ofSeconds(20)).until(() -> scrape().contains("portero_list_missing{"));
        await().atMost(Duration.ofSeconds(20)).until(() -> scrape().contains("operation=\"commit\""));
        var text = lasting(scrape());
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(GOLDEN, text);
        }
        assertThat(text).isEqualTo(Files.readString(GOLDEN));
    }

    @Test
    void passesTheCheckOfPrometheus() {
        var result = new ProcessRunner()
                .run(new Command(List.of("promtool", "check", "metrics"), scrape(), Duration.ofSeconds(30)));
        assertThat(result).isInstanceOfSatisfying(CommandResult.Completed.class, done -> {
            assertThat(done.output() + done.errors()).isEmpty();
            assertThat(done.exitCode()).isZero();
        });
    }
}
