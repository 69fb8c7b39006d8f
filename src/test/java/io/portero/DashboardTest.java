package io.portero;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The dashboard and the alarms use only existing metrics, which are those of docs/metrics.md ({@link DocsTest}). */
class DashboardTest {
    private static final Path DASHBOARD = Path.of("packaging/grafana/portero.json");
    private static final Path RULES = Path.of("packaging/prometheus/portero-rules.yml");
    private static final Pattern METRIC = Pattern.compile("\\bportero_[a-z_]+");
    /** The parts of a summary. */
    private static final Pattern PART = Pattern.compile("_seconds_(count|sum|max)$");

    private static JsonNode dashboard;

    @BeforeAll
    static void read() throws IOException {
        dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
    }

    private static List<JsonNode> panels() {
        var panels = new ArrayList<JsonNode>();
        dashboard.path("panels").forEach(panels::add);
        return panels;
    }

    private static List<JsonNode> withData() {
        return panels().stream()
                .filter(p -> !p.path("type").asText().equals("row"))
                .toList();
    }

    private static TreeSet<String> metrics(String text) {
        return METRIC.matcher(text).results().map(m -> m.group()).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void usesOnlyExistingMetrics() throws IOException {
        var table = Files.readString(Path.of("docs/metrics.md"))
                .lines()
                .filter(line -> line.startsWith("| `portero_"))
                .collect(Collectors.joining("\n"));
        var known = metrics(table);
        for (var file : List.of(DASHBOARD, RULES)) {
            assertThat(metrics(Files.readString(file)))
                    .as(file.toString())
                    .isNotEmpty()
                    .allMatch(name -> known.contains(PART.matcher(name).replaceAll("_seconds")));
        }
    }

    @Test
    void canBeImportedAndLetsTheUserChooseTheDataSource() {
        assertThat(dashboard.path("uid").asText()).isEqualTo("portero");
        assertThat(dashboard.path("id").isMissingNode()).isTrue();
        assertThat(dashboard.path("schemaVersion").asInt()).isPositive();
        assertThat(dashboard.path("templating").path("list").findValuesAsText("name"))
                .containsExactly("datasource", "instance");
        assertThat(withData()).allSatisfy(panel -> {
            assertThat(panel.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
            assertThat(panel.path("targets"))
                    .isNotEmpty()
                    .allSatisfy(target -> assertThat(target.path("expr").asText())
                            .contains("instance=~\"$instance\"")
                            .doesNotContain("$__interval"));
        });
    }

    /** The place of the query of an annotation depends on the version of Grafana. */
    @Test
    void bothFormsOfAnAnnotationHaveTheSameQuery() {
        var ours = new ArrayList<JsonNode>();
        dashboard.path("annotations").path("list").forEach(ours::add);
        ours.removeIf(a -> a.has("builtIn"));
        assertThat(ours)
                .isNotEmpty()
                .allSatisfy(a -> assertThat(a.path("target").path("expr")).isEqualTo(a.path("expr")));
    }

    @Test
    void eachPanelHasADescription() {
        assertThat(withData()).allSatisfy(panel -> {
            assertThat(panel.path("description").asText()).isNotBlank();
            var defaults = panel.path("fieldConfig").path("defaults");
            assertThat(defaults.has("unit") || panel.path("type").asText().equals("table"))
                    .as(panel.path("title").asText())
                    .isTrue();
        });
    }

    @Test
    void coversEachAlarm() throws IOException {
        var said = withData().stream().map(p -> p.path("description").asText()).collect(Collectors.joining("\n"));
        assertThat(Pattern.compile("alert: (\\w+)")
                        .matcher(Files.readString(RULES))
                        .results()
                        .map(m -> m.group(1)))
                .isNotEmpty()
                .allMatch(said::contains);
    }

    @Test
    void drawsThresholdsAtTheLimitsOfTheAlarms() throws IOException {
        var limits = Pattern.compile("expr: .*[^=!] > ([0-9.]+)\\n")
                .matcher(Files.readString(RULES))
                .results()
                .map(m -> Double.valueOf(m.group(1)))
                .filter(limit -> limit > 0)
                .collect(Collectors.toSet());
        var lines = withData().stream()
                .filter(p -> p.path("type").asText().equals("timeseries"))
                .flatMap(p -> p.findValues("steps").stream())
                .flatMap(steps -> steps.findValues("value").stream())
                .filter(JsonNode::isNumber)
                .map(JsonNode::asDouble)
                .collect(Collectors.toSet());
        assertThat(lines).isEqualTo(limits).hasSize(3);
    }

    @Test
    void eachPanelHasItsOwnPlace() {
        var ids = new HashSet<Integer>();
        var taken = new HashSet<String>();
        for (var panel : panels()) {
            assertThat(ids.add(panel.path("id").asInt())).isTrue();
            var at = panel.path("gridPos");
            assertThat(at.path("x").asInt() + at.path("w").asInt()).isLessThanOrEqualTo(24);
            for (int x = 0; x < at.path("w").asInt(); x++) {
                for (int y = 0; y < at.path("h").asInt(); y++) {
                    assertThat(taken.add((at.path("x").asInt() + x) + ","
                                    + (at.path("y").asInt() + y)))
                            .as(panel.path("title").asText())
                            .isTrue();
                }
            }
        }
    }
}
