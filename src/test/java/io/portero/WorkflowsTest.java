package io.portero;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The workflows of .github/workflows call existing targets of make, pin each action, and may do as little as possible. */
class WorkflowsTest {
    private static final Path ROOT = Path.of(".");
    private static final Pattern MAKE = Pattern.compile("\\bmake((?: [a-z-]+)+)");
    private static final Pattern PINNED = Pattern.compile("[a-z-]+/[a-z-]+@[0-9a-f]{40} # v\\d+\\.\\d+\\.\\d+");

    static Stream<Path> workflows() throws IOException {
        try (var files = Files.list(ROOT.resolve(".github/workflows"))) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void callsOnlyTargetsThatMakefileHas(Path workflow) throws IOException {
        var targets = new TreeSet<String>();
        Pattern.compile("(?m)^([a-z-]+):.*## ")
                .matcher(Files.readString(ROOT.resolve("Makefile")))
                .results()
                .forEach(m -> targets.add(m.group(1)));
        var called = new TreeSet<String>();
        for (var job : jobs(workflow)) {
            for (var step : steps(job)) {
                MAKE.matcher(String.valueOf(step.get("run")))
                        .results()
                        .forEach(m -> called.addAll(List.of(m.group(1).strip().split(" "))));
            }
            if (job.get("strategy") instanceof Map<?, ?> strategy
                    && strategy.get("matrix") instanceof Map<?, ?> matrix
                    && matrix.get("test") instanceof Collection<?> tests) {
                tests.forEach(test -> called.add(String.valueOf(test)));
            }
        }
        assertThat(targets).isNotEmpty().containsAll(called);
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void pinsEachActionByItsCommitAndNamesTheVersion(Path workflow) throws IOException {
        var used = Pattern.compile("(?m)uses: *(.*)$")
                .matcher(Files.readString(workflow))
                .results()
                .map((MatchResult m) -> m.group(1))
                .toList();
        assertThat(used).isNotEmpty().allMatch(action -> PINNED.matcher(action).matches());
    }

    @ParameterizedTest
    @MethodSource("workflows")
    void givesEachJobATimeoutAndOnlyThePublishingOneTheRightToWrite(Path workflow) throws IOException {
        assertThat(document(workflow)).containsEntry("permissions", Map.of("contents", "read"));
        assertThat(jobs(workflow)).isNotEmpty().allSatisfy(job -> {
            assertThat(job).containsKey("timeout-minutes");
            if (job.containsKey("permissions")) {
                assertThat(steps(job))
                        .anyMatch(step -> String.valueOf(step.get("run")).contains("gh release create"));
            }
        });
    }

    private static List<Map<String, Object>> jobs(Path workflow) throws IOException {
        return maps(((Map<?, ?>) document(workflow).get("jobs")).values());
    }

    private static List<Map<String, Object>> steps(Map<String, Object> job) {
        return maps((Collection<?>) job.get("steps"));
    }

    @SuppressWarnings("unchecked") // a YAML mapping with the keys of a workflow
    private static List<Map<String, Object>> maps(Collection<?> values) {
        return values.stream().map(value -> (Map<String, Object>) value).toList();
    }

    private static Map<String, Object> document(Path workflow) throws IOException {
        try (InputStream text = Files.newInputStream(workflow)) {
            return new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
        }
    }
}
