package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The shipped alarms, tested with Prometheus's own tool. */
class PrometheusRulesIT {
    private static final Path RULES = Path.of("packaging/prometheus/portero-rules.yml");
    private static final Path CASES = Path.of("packaging/prometheus/portero-rules-test.yml");
    private static final Pattern METRIC = Pattern.compile("\\bportero_[a-z_]+");

    private static void promtool(String... words) {
        var all = new java.util.ArrayList<>(java.util.List.of("promtool"));
        all.addAll(java.util.List.of(words));
        var result = new ProcessRunner().run(new Command(all, "", Duration.ofSeconds(60)));
        assertThat(result)
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
    void eachAlarmHasATestCase() throws IOException {
        var alarms = Pattern.compile("alert: (\\w+)")
                .matcher(Files.readString(RULES))
                .results();
        var cases = Files.readString(CASES);
        assertThat(alarms.map(m -> m.group(1)).toList())
                .isNotEmpty()
                .allMatch(name -> cases.contains("alertname: " + name + "\n"));
    }

    @Test
    void rulesUseOnlyExistingMetrics() throws IOException {
        var asked = new TreeSet<String>();
        METRIC.matcher(Files.readString(RULES)).results().forEach(m -> asked.add(m.group()));
        var page = Files.readString(Path.of("docs/metrics.md"));
        assertThat(asked).isNotEmpty().allMatch(metric -> page.contains("`" + metric + "`"));
    }
}
