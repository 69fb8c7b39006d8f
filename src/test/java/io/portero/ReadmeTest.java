package io.portero;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.cli.ExitCode;
import io.portero.cli.PorteroCommand;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

/** The tables of README say what the code does. */
class ReadmeTest {
    private static final Set<String> HIDDEN = Set.of("demo-probe", "generate-completion");

    private final String readme = read(Path.of("README.md"));

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void namesEveryCommandAndNoOther() {
        var commands = Arrays.stream(
                        PorteroCommand.class.getAnnotation(Command.class).subcommands())
                .map(c -> c.getAnnotation(Command.class).name())
                .filter(name -> !HIDDEN.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
        var table = section("## Commands");
        assertThat(found(table, "`portero ([a-z-]+)")).isEqualTo(commands);
    }

    @Test
    void namesEveryKeyOfThePolicy() throws IOException {
        var mapping = read(Path.of("src/main/java/io/portero/config/Shape.java"));
        var keys = found(mapping, "\"([a-z-]+)\",?\\s*(?:\\n\\s*)?new ");
        for (var key : keys) {
            assertThat(section("## The policy")).contains(key);
        }
    }

    @Test
    void namesEveryMetricAndNoOther() throws IOException {
        var registered = new TreeSet<String>();
        try (var sources = Files.list(Path.of("src/main/java/io/portero/metrics"))) {
            sources.map(ReadmeTest::read)
                    .forEach(source -> registered.addAll(found(source, "\"(portero\\.[a-z.]+)\"")));
        }
        var documented = found(section("## Metrics"), "`(portero_[a-z_]+)`").stream()
                .map(name -> name.replaceAll("_(total|seconds)$", "").replace('_', '.'))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(registered);
    }

    @Test
    void namesEveryExitCode() {
        var codes = Stream.of(ExitCode.class.getFields())
                .filter(f -> Modifier.isStatic(f.getModifiers()))
                .map(f -> {
                    try {
                        return f.getInt(null);
                    } catch (IllegalAccessException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
        var line = readme.lines()
                .filter(l -> l.startsWith("Exit codes:"))
                .findFirst()
                .orElseThrow();
        codes.forEach(code -> assertThat(line).containsPattern("\\b" + code + "\\b"));
    }

    @Test
    void namesEveryTargetOfMake() {
        var makefile = read(Path.of("Makefile"));
        assertThat(found(makefile, "(?m)^([a-z-]+):.*## ")).containsAll(found(readme, "`make ([a-z]+)`"));
    }

    private String section(String heading) {
        int start = readme.indexOf(heading);
        int end = readme.indexOf("\n## ", start + heading.length());
        return readme.substring(start, end < 0 ? readme.length() : end);
    }

    private static Set<String> found(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(m -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
