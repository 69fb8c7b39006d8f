package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The alarms and the dashboard of a fleet. */
class FleetAlarmsIT {
    private static final Path RULES = Path.of("packaging/prometheus/portero-fleet-rules.yml");
    private static final Path CASES = Path.of("packaging/prometheus/portero-fleet-rules-test.yml");
    private static final Path DASHBOARD = Path.of("packaging/grafana/portero-fleet.json");
    private static final Pattern METRIC = Pattern.compile("\\bportero_fleet_[a-z_]+");
    private static final Pattern ALARM = Pattern.compile("alert: (\\w+)");

    private static void promtool(String... words) {
        var all = new java.util.ArrayList<>(List.of("promtool"));
        all.addAll(List.of(words));
        assertThat(new ProcessRunner().run(new Command(all, "", Duration.ofSeconds(60))))
                .isInstanceOfSatisfying(
                        CommandResult.Completed.class,
                        done -> assertThat(done.exitCode())
                                .as(done.output() + done.errors())
                                .isZero());
    }

    @Test
    void alarmsFireOnlyWhenTheyShould() {
        promtool("check", "rules", RULES.toString());
        promtool("test", "rules", CASES.toString());
    }

    @Test
    void everyAlarmHasItsCasesAndItsPanel() throws IOException {
        var cases = Files.readString(CASES);
        var dashboard = Files.readString(DASHBOARD);
        assertThat(ALARM.matcher(Files.readString(RULES))
                        .results()
                        .map(m -> m.group(1))
                        .toList())
                .isNotEmpty()
                .allMatch(alarm -> cases.contains("alertname: " + alarm + "\n"))
                .allMatch(dashboard::contains);
    }

    @Test
    void rulesAndDashboardUseOnlyExistingMetrics() throws IOException {
        var page = Files.readString(Path.of("docs/fleet.md"));
        var asked = new TreeSet<String>();
        for (var file : List.of(RULES, DASHBOARD)) {
            METRIC.matcher(Files.readString(file)).results().forEach(m -> asked.add(m.group()));
        }
        assertThat(asked)
                .containsExactlyInAnyOrder(
                        "portero_fleet_version", "portero_fleet_age_seconds", "portero_fleet_refusals_total")
                .allMatch(metric -> page.contains("`" + metric + "`"));
        assertThat(new ObjectMapper().readTree(DASHBOARD.toFile()).path("panels"))
                .hasSize(6);
    }
}
