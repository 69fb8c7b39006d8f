package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.CommandResult;
import io.portero.lab.Place;
import io.portero.lists.Offers;
import io.portero.lists.UrlLists;
import io.portero.policy.Family;
import io.portero.policy.Protocol;
import io.portero.policy.Reference.UrlList;
import io.portero.state.KeptLists;
import io.portero.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real Prometheus has data for every query of the dashboard after the packaged agent has run through some events. */
class DashboardIT {
    private static final Path DASHBOARD = Path.of("packaging/grafana/portero.json");
    private static final String HOST = Place.HOST.address(Family.V4);
    private static final UrlList LIST = new UrlList("https://192.0.2.10/drop.txt");
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");

    private TestLab net;
    private Path etc;
    private PackagedAgent agent;
    private RealPrometheus prometheus;

    @BeforeEach
    void start() throws IOException {
        RealPrometheus.need();
        net = TestLab.build(Place.HOST, Place.MONITOR, Place.ITSP, Place.STRANGER);
        net.lab.from(Place.HOST).listen(Protocol.UDP, 5060).join();
        etc = Files.createDirectories(
                Path.of("/etc/netns", output("ip", "netns", "identify").strip()));
        Files.writeString(etc.resolve("hosts"), "127.0.0.1 localhost\n203.0.113.90 sip.carrier.example\n");
        fetchedBefore();
        agent = PackagedAgent.start(net.lab, policy("", "203.0.113.0/24"));
        prometheus = RealPrometheus.start(net);
    }

    /** An earlier agent has fetched the list, so this agent does not fetch it. */
    private void fetchedBefore() {
        var store = KeptLists.in(new StateDirectory(net.lab.directory().resolve("state")));
        var lists = UrlLists.load(store, Clock.systemUTC(), new SplittableRandom(1));
        lists.follow(Map.of(LIST, new TreeSet<>(List.of("blocklist"))), Duration.ofDays(1));
        Offers.fetched(lists, LIST, "192.0.2.67");
        lists.offers().forEach(lists::take);
    }

    @AfterEach
    void stop() throws IOException {
        if (prometheus != null) {
            prometheus.close();
        }
        if (agent != null) {
            agent.close();
        }
        if (etc != null) {
            Files.deleteIfExists(etc.resolve("hosts"));
            Files.deleteIfExists(etc);
        }
        if (net != null) {
            net.close();
        }
    }

    private static String policy(String more, String itsp) {
        return """
                groups: { itsp: [%s, sip.carrier.example], blocklist: [192.0.2.66, "%s"] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                  metrics: { ports: [9090/tcp], from: [any] }
                deny: [blocklist]
                %s
                agent: { metrics: { host: 0.0.0.0 } }
                """.formatted(itsp, LIST.written(), more);
    }

    private String output(String... words) {
        return net.lab.run(Place.HOST, words) instanceof CommandResult.Completed done ? done.output() : "not run";
    }

    /** Causes an edit, a repair and a rollback, while the carrier and a stranger send. */
    private void live(String foreignChanges) throws IOException {
        net.lab.from(Place.ITSP).stream(Place.ITSP.address(Family.V4), HOST, 5060, 20)
                .join();
        net.lab.from(Place.STRANGER).stream(Place.STRANGER.address(Family.V4), HOST, 5060, 20)
                .join();
        agent.edit(policy("", "203.0.113.0/24, 198.51.100.64"));
        prometheus.awaitData("increase(portero_applies_total{trigger=\"file\",outcome=\"applied\"}[1m]) > 0");
        prometheus.awaitData("portero_in_sync offset 5s");
        output("nft", "flush", "table", "inet", "portero");
        // The series of a program begins with its first change, and the first change must be visible, too.
        prometheus.awaitData("(" + filledIn(foreignChanges, ".+", "5s") + ") > 0");
        prometheus.awaitData("increase(portero_reconciles_total{outcome=\"repaired\"}[1m]) > 0");
        agent.edit(policy("safety: { confirm: always }", "203.0.113.0/24"));
        prometheus.awaitData("portero_probation == 1");
        assertThat(PackagedAgent.command(net.lab, "rollback").exitCode()).isZero();
        prometheus.awaitData("increase(portero_rollbacks_total[1m]) > 0");
        prometheus.awaitData("portero_in_sync offset 10s");
    }

    /** Each expression, with its panel or annotation. */
    private static Map<String, String> expressions(JsonNode dashboard) {
        var found = new LinkedHashMap<String, String>();
        for (var panel : dashboard.path("panels")) {
            for (var target : panel.path("targets")) {
                found.put(
                        panel.path("title").asText() + " "
                                + target.path("refId").asText(),
                        target.path("expr").asText());
            }
        }
        for (var annotation : dashboard.path("annotations").path("list")) {
            if (annotation.has("expr")) {
                found.put(
                        annotation.path("name").asText(),
                        annotation.path("expr").asText());
            }
        }
        return found;
    }

    private static String filledIn(String expression, String instance, String interval) {
        return expression
                .replace("$instance", instance)
                .replace("$__rate_interval", interval)
                .replace("$__range", "5m");
    }

    /** The hosts that the dashboard offers for selection. */
    private JsonNode offered(JsonNode dashboard) throws IOException {
        for (var variable : dashboard.path("templating").path("list")) {
            if (variable.path("name").asText().equals("instance")) {
                var query = LABEL_VALUES.matcher(
                        variable.path("query").path("query").asText());
                assertThat(query.matches()).isTrue();
                return prometheus.ask("label/" + query.group(2) + "/values", "match[]", query.group(1));
            }
        }
        throw new AssertionError("no variable for the hosts");
    }

    @Test
    void everyQueryReturnsData() throws IOException {
        var dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
        var expressions = expressions(dashboard);
        live(expressions.getOrDefault("Foreign changes repaired, by program A", "absent panel"));
        var hosts = offered(dashboard);
        assertThat(hosts.path("status").asText()).as(hosts.toString()).isEqualTo("success");
        assertThat(hosts.path("data")).hasSize(1);
        var host = hosts.path("data").path(0).asText();
        assertThat(host).isEqualTo(HOST + ":9090");

        var wrong = new TreeMap<String, String>();
        // One selected host, as Grafana writes it into a regular expression, and all hosts.
        for (var chosen : List.of(host.replace(".", "\\\\."), ".+")) {
            for (var entry : expressions.entrySet()) {
                var expression = filledIn(entry.getValue(), chosen, "10s");
                assertThat(expression).doesNotContain("$");
                var answer = prometheus.ask("query", "query", expression);
                var values = answer.path("data").path("result").findValues("value");
                boolean known =
                        values.stream().anyMatch(v -> !v.path(1).asText().equals("NaN"));
                // The first examination of the host ends a minute after the start.
                boolean later = expression.contains("portero_doctor_findings") && !values.isEmpty();
                if (!answer.path("status").asText().equals("success") || !known && !later) {
                    wrong.put(entry.getKey() + ": " + expression, answer.toString());
                }
            }
        }
        assertThat(expressions).hasSizeGreaterThan(25);
        assertThat(wrong).isEmpty();
        System.out.println("dashboard: " + expressions.size() + " expressions, all of them with data");
    }
}
