package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A real Prometheus scrapes the agent each second while the policy changes, is refused, drifts and rolls back.
 *
 * <p>{@code -Dprometheus.seconds=300} makes it longer.
 */
class PrometheusIT {
    private static final Path RULES = Path.of("packaging/prometheus/portero-rules.yml");

    private TestLab net;
    private PackagedAgent agent;
    private RealPrometheus prometheus;

    @BeforeEach
    void start() throws IOException {
        RealPrometheus.need();
        net = TestLab.build(Place.HOST, Place.MONITOR, Place.ITSP, Place.STRANGER);
        net.lab.from(Place.HOST).listen(Protocol.UDP, 5060).join();
        agent = PackagedAgent.start(net.lab, policy("", "203.0.113.0/24"));
        prometheus = RealPrometheus.start(net, RULES);
    }

    @AfterEach
    void stop() {
        if (prometheus != null) {
            prometheus.close();
        }
        if (agent != null) {
            agent.close();
        }
        if (net != null) {
            net.close();
        }
    }

    private static String policy(String service, String itsp) {
        return """
                groups: { itsp: [%s] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                  metrics: { ports: [9090/tcp], from: [any] }
                %s
                agent: { metrics: { host: 0.0.0.0 } }
                """.formatted(itsp, service);
    }

    private List<String> counters() throws IOException {
        var names = new ArrayList<String>();
        for (var name : prometheus
                .ask("label/__name__/values", "match[]", "{job=\"portero\"}")
                .path("data")) {
            if (name.asText().matches("portero_.*_(total|count|sum)")) {
                names.add(name.asText());
            }
        }
        return names;
    }

    private void nft(String... words) {
        var all = new ArrayList<>(List.of("nft"));
        all.addAll(List.of(words));
        net.lab.run(Place.HOST, all.toArray(String[]::new));
    }

    private void act(int turn) throws IOException {
        switch (turn % 6) {
            case 0 -> agent.edit(policy("", "203.0.113.0/24, 198.51.100." + turn));
            case 1 -> agent.edit(policy("  web: { ports: [443/tcp], from: [any] }", "203.0.113.0/24"));
            case 2 -> nft("flush", "ruleset");
            case 3 -> agent.edit(policy("  sip2: { prts: [5061/udp] }", "203.0.113.0/24"));
            case 4 -> {
                agent.edit(policy("safety: { confirm: always }", "203.0.113.0/24, 198.51.100." + turn));
                await().atMost(Duration.ofSeconds(10))
                        .until(() -> agent.status().contains("\"seconds_left\""));
                assertThat(PackagedAgent.command(net.lab, "rollback").exitCode())
                        .isZero();
            }
            default -> nft("delete", "set", "inet", "portero", "dropped.sources_v4");
        }
    }

    /** A copy of nft. If nft is a script that starts a loader, a copy of that loader gives the process its name. */
    private static final String INTRUDE = """
            program=$(command -v nft)
            arguments='"$@"'
            while [ "$(head -c 2 "$program" | tr -d '\\0')" = '#!' ]; do
              set -- $(sed -n 's/^exec //p' "$program")
              program=$1
              shift
              arguments=$*
            done
            cp "$program" "$0"
            set -- delete table inet portero
            eval "$0 $arguments"
            """;

    /** An unknown program changes the table once. */
    private void intrude() {
        prometheus.awaitData("portero_monitor_listening == 1");
        var program = net.lab.directory().resolve("intruder");
        var result = net.lab.run(Place.HOST, "sh", "-c", INTRUDE, program.toString());
        assertThat(result).matches(r -> r instanceof CommandResult.Completed done && done.succeeded());
        prometheus.awaitData("portero_drift_total{program=\"intruder\"} == 1");
    }

    @Test
    void noCounterDecreasesAndEveryChangeIsVisible() throws Exception {
        var known = net.lab.from(Place.ITSP).stream(
                        Place.ITSP.address(Family.V4), Place.HOST.address(Family.V4), 5060, 50)
                .join();
        var stranger = net.lab.from(Place.STRANGER).stream(
                        Place.STRANGER.address(Family.V4), Place.HOST.address(Family.V4), 5060, 50)
                .join();
        long end = System.nanoTime()
                + Duration.ofSeconds(Integer.getInteger("prometheus.seconds", 30))
                        .toNanos();
        int turns = 0;
        intrude();
        while (System.nanoTime() < end || turns < 6) {
            act(turns++);
            Thread.sleep(3_000);
        }
        agent.edit(policy("", "203.0.113.0/24"));
        prometheus.awaitData("portero_policy_last_reload_successful == 1");
        known.stop().join();
        stranger.stop().join();

        assertThat(prometheus.query("resets(portero_policy_problems[1h]) > 0"))
                .as("a gauge that goes down, which shows that the question finds one")
                .isNotEmpty();
        var counters = counters();
        assertThat(counters).hasSizeGreaterThan(15);
        for (var counter : counters) {
            assertThat(prometheus.query("resets(" + counter + "[1h]) > 0"))
                    .as(counter)
                    .isEmpty();
        }
        assertThat(prometheus.query("avg_over_time(up{job=\"portero\"}[1h]) < 1"))
                .as("scrapes that failed")
                .isEmpty();
        var packets = prometheus.query("{__name__=~\"portero_(service|dropped)_packets_total\"}");
        for (var expected : List.of(
                "increase(portero_applies_total{trigger=\"file\",outcome=\"applied\"}[1h]) > 0",
                "increase(portero_applies_total{trigger=\"file\",outcome=\"refused\"}[1h]) > 0",
                "increase(portero_rollbacks_total{reason=\"rolled_back_by_command\"}[1h]) > 0",
                "sum(increase(portero_drift_total[1h])) > 0",
                "increase(portero_drift_total{kind=\"table\",program=\"intruder\"}[1h]) > 0",
                "increase(portero_service_packets_total{service=\"sip\",verdict=\"accept\"}[1h]) > 500",
                "increase(portero_service_packets_total{service=\"sip\",verdict=\"drop\"}[1h]) > 500",
                "increase(portero_dropped_packets_total{reason=\"source\"}[1h]) > 500",
                "ALERTS{alertname=\"PorteroRolledBack\",alertstate=\"firing\"}",
                "portero:service_packets:rate5m{service=\"sip\",verdict=\"accept\"} > 0",
                "portero:dropped_packets:rate5m{reason=\"source\"} > 0")) {
            assertThat(prometheus.query(expected))
                    .as(expected + " among " + packets)
                    .isNotEmpty();
        }
        System.out.println("prometheus: " + turns + " changes, "
                + prometheus
                        .query("sum(count_over_time(up{job=\"portero\"}[1h]))")
                        .path(0)
                        .path("value")
                        .path(1)
                        .asText()
                + " scrapes, no counter went down");
    }
}
