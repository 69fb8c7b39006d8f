package io.portero.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.prometheus.PrometheusConfig;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.portero.apply.Failure;
import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.policy.Flow;
import io.portero.policy.InterfacePattern;
import io.portero.policy.PortRange;
import io.portero.policy.Uplink;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import io.portero.safety.HostView;
import io.portero.safety.Session;
import io.portero.state.CounterMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgentMetricsTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC);
    private static final Pattern SAMPLE = Pattern.compile("([a-z_]+)(?:\\{(.*)})? [^ ]+");

    /** The names of all metrics, with the labels of their series. */
    private static final String CONTRACT = """
            portero_applies_total outcome,trigger
            portero_apply_duration_seconds_count
            portero_apply_duration_seconds_max
            portero_apply_duration_seconds_sum
            portero_banned_addresses
            portero_build_info runtime,version
            portero_conntrack_entries
            portero_conntrack_limit
            portero_drift_contention
            portero_drift_repair_duration_seconds_count
            portero_drift_repair_duration_seconds_max
            portero_drift_repair_duration_seconds_sum
            portero_drift_total kind,program
            portero_dropped_bytes_total reason
            portero_dropped_packets_total reason
            portero_enforcing
            portero_group_addresses family,group
            portero_guests
            portero_in_sync
            portero_nft_command_duration_seconds_count operation,outcome
            portero_nft_command_duration_seconds_max operation,outcome
            portero_nft_command_duration_seconds_sum operation,outcome
            portero_nft_commands_total operation,outcome
            portero_policy_info digest
            portero_policy_last_reload_success_timestamp_seconds
            portero_policy_last_reload_successful
            portero_policy_problems
            portero_probation
            portero_reconciles_total outcome
            portero_rollbacks_total reason
            portero_service_bytes_total service,verdict
            portero_service_connections_total service
            portero_service_packets_total service,verdict
            """;

    @TempDir
    private Path directory;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final FakeFirewall kernel = new FakeFirewall();
    private Path policy;
    private Reconciler reconciler;

    @BeforeEach
    void start() throws IOException {
        policy = directory.resolve("portero.yaml");
        services("web: { ports: [443/tcp], from: [any] }");
        var firewall = new MeteredFirewall(kernel, registry);
        var counters = new KernelCounters(firewall, CounterMemory.in(directory), Runnable::run, System::nanoTime);
        reconciler = new Reconciler(
                policy,
                new PolicyReader(),
                firewall,
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                new SilentHost(),
                Keeping.in(directory.resolve("state"), directory.resolve("run"), CLOCK, System::nanoTime),
                CLOCK,
                List.of(new AgentMetrics(registry, counters, "1.2.3", "jvm")));
    }

    private void services(String service) throws IOException {
        Files.writeString(policy, """
                groups: { a: [192.0.2.1, "2001:db8::/32"] }
                services:
                  ssh: { ports: [22/tcp], from: [a], management: true }
                  %s
                """.formatted(service));
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r-----"));
    }

    private String scrape() {
        return PlainText.of(registry.scrape());
    }

    private Set<String> lines() {
        return scrape().lines().collect(Collectors.toSet());
    }

    @Test
    void exportsTheNamesOfTheContractAndNoOthers() {
        reconciler.pass(Trigger.STARTUP);
        var seen = new TreeMap<String, String>();
        scrape().lines().filter(l -> !l.startsWith("#")).forEach(line -> {
            var sample = SAMPLE.matcher(line);
            assertThat(sample.matches()).as(line).isTrue();
            seen.put(sample.group(1), labels(sample.group(2)));
        });
        var text = seen.entrySet().stream()
                .map(e -> (e.getKey() + " " + e.getValue()).strip() + "\n")
                .collect(Collectors.joining());
        assertThat(text).isEqualTo(CONTRACT);
    }

    private static String labels(@org.jspecify.annotations.Nullable String text) {
        if (text == null) {
            return "";
        }
        return new TreeSet<>(List.of(text.replaceAll("=\"[^\"]*\"", "").split(",")))
                .stream().collect(Collectors.joining(","));
    }

    @Test
    void startsEverySeriesOfAClosedSetAtZero() {
        assertThat(lines())
                .contains(
                        "portero_in_sync 0.0",
                        "portero_applies_total{outcome=\"refused\",trigger=\"file\"} 0.0",
                        "portero_applies_total{outcome=\"applied\",trigger=\"drift\"} 0.0",
                        "portero_drift_total{kind=\"element\",program=\"unknown\"} 0.0",
                        "portero_reconciles_total{outcome=\"repaired\"} 0.0",
                        "portero_dropped_packets_total{reason=\"no_service\"} 0.0",
                        "portero_nft_commands_total{operation=\"commit\",outcome=\"ok\"} 0.0");
    }

    @Test
    void countsAppliesRefusalsAndRepairs() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        kernel.remove();
        reconciler.pass(Trigger.PERIODIC);
        reconciler.pass(Trigger.PERIODIC);
        services("web: { ports: [0/tcp], from: [any] }");
        reconciler.pass(Trigger.FILE);
        assertThat(lines())
                .contains(
                        "portero_in_sync 1.0",
                        "portero_applies_total{outcome=\"applied\",trigger=\"startup\"} 1.0",
                        "portero_applies_total{outcome=\"applied\",trigger=\"drift\"} 1.0",
                        "portero_applies_total{outcome=\"refused\",trigger=\"file\"} 1.0",
                        "portero_drift_total{kind=\"table\",program=\"unknown\"} 1.0",
                        "portero_reconciles_total{outcome=\"repaired\"} 1.0",
                        "portero_reconciles_total{outcome=\"in_sync\"} 1.0",
                        "portero_apply_duration_seconds_count 1.0",
                        "portero_policy_last_reload_successful 0.0",
                        "portero_policy_problems 1.0",
                        "portero_policy_last_reload_success_timestamp_seconds 1.7672256E9",
                        "portero_drift_repair_duration_seconds_count 1.0");
    }

    @Test
    void namesTheFailureOfACommand() {
        kernel.failCommit(0, new Failure(Failure.Kind.NO_PERMISSION, "no"));
        reconciler.pass(Trigger.STARTUP);
        assertThat(lines())
                .contains(
                        "portero_nft_commands_total{operation=\"commit\",outcome=\"no_permission\"} 1.0",
                        "portero_applies_total{outcome=\"failed\",trigger=\"startup\"} 1.0",
                        "portero_in_sync 0.0");
    }

    @Test
    void followsTheServicesGroupsAndDigestOfThePolicy() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        var before = scrape();
        assertThat(before)
                .contains(
                        "portero_service_connections_total{service=\"web\"}",
                        "portero_group_addresses{family=\"ipv6\",group=\"a\"} 1.0");
        services("sip: { ports: [5060/udp], from: [any] }");
        reconciler.pass(Trigger.FILE);
        assertThat(scrape()).contains("{service=\"sip\"}").doesNotContain("service=\"web\"");
        var digests = scrape().lines()
                .filter(l -> l.startsWith("portero_policy_info{"))
                .toList();
        assertThat(digests).singleElement().satisfies(d -> assertThat(before).doesNotContain(d));
    }

    @Test
    void showsWhichUplinksAreTrusted() {
        var metrics = new UplinkMetrics(registry);
        var bridge = new Uplink("br-ext", "holds a default route", Optional.of(new InterfacePattern("br-*")));
        metrics.on(
                new Event.UplinksSeen(List.of(bridge, new Uplink("eth0", "", Optional.empty()))), reconciler.status());
        assertThat(lines())
                .contains(
                        "portero_trusted_uplink{interface=\"br-ext\"} 1.0",
                        "portero_trusted_uplink{interface=\"eth0\"} 0.0");
        metrics.on(new Event.UplinksSeen(List.of(bridge.untrusted())), reconciler.status());
        assertThat(lines())
                .contains("portero_trusted_uplink{interface=\"br-ext\"} 0.0")
                .noneMatch(line -> line.contains("eth0"));
    }

    @Test
    void everyMetricHasAHelpText() {
        var helped = scrape().lines().filter(l -> l.startsWith("# HELP")).toList();
        assertThat(helped).allSatisfy(line -> assertThat(line).endsWith(".").hasSizeGreaterThan(50));
    }

    /** A host about which nothing is known. */
    private static final class SilentHost implements HostView {
        @Override
        public List<Session> sessions(List<PortRange> ports) {
            return List.of();
        }

        @Override
        public List<Flow> flows() {
            return List.of();
        }

        @Override
        public SortedSet<Integer> sshPorts() {
            return new TreeSet<>();
        }
    }
}
