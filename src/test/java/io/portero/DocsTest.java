package io.portero;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.cli.ExitCode;
import io.portero.cli.PorteroCommand;
import io.portero.compile.Reason;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Command;

/** README, CONTRIBUTING, SECURITY and docs/ match the code, and their links lead to existing files. */
class DocsTest {
    private static final Set<String> HIDDEN = Set.of("demo-probe", "generate-completion");
    private static final Path DOCS = Path.of("docs");
    private static final Path README = Path.of("README.md");
    private static final Path CONTRIBUTING = Path.of("CONTRIBUTING.md");
    private static final int LINES_OF_README = 200;
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)|(?:src|srcset)=\"([^\"]+)\"");
    private static final Pattern YAML = Pattern.compile("(?ms)^```yaml\\n(.*?)^```$");

    static Stream<Path> pages() {
        try (var files = Files.list(DOCS)) {
            return Stream.concat(
                    Stream.of(README), files.filter(f -> f.toString().endsWith(".md")).sorted().toList().stream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Stream<Path> pagesAndThoseForContributors() {
        return Stream.concat(pages(), Stream.of(CONTRIBUTING, Path.of("SECURITY.md"), Path.of("CHANGELOG.md")));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void readmeIsShort() {
        assertThat(read(README).lines().count()).isLessThanOrEqualTo(LINES_OF_README);
    }

    @Test
    void namesEveryPackageForContributors() throws IOException {
        var table = found(read(CONTRIBUTING), "(?m)^\\| (`.*?) \\|").toString();
        try (var packages = Files.list(Path.of("src/main/java/io/portero"))) {
            assertThat(packages.filter(Files::isDirectory))
                    .isNotEmpty()
                    .allSatisfy(directory -> assertThat(table).contains("`" + directory.getFileName() + "`"));
        }
    }

    @Test
    void namesEveryCommandAndNoOther() {
        var commands = Arrays.stream(
                        PorteroCommand.class.getAnnotation(Command.class).subcommands())
                .map(c -> c.getAnnotation(Command.class).name())
                .filter(name -> !HIDDEN.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(found(table("commands.md", "command"), "`portero ([a-z-]+)")).isEqualTo(commands);
    }

    @Test
    void namesEveryKeyOfThePolicy() {
        var mapping = read(Path.of("src/main/java/io/portero/config/Shape.java"));
        var keys = found(mapping, "\"([a-z-]+)\",?\\s*(?:\\n\\s*)?new ");
        var table = table("policy.md", "key");
        assertThat(keys).isNotEmpty().allSatisfy(key -> assertThat(table).contains(key));
    }

    @Test
    void namesEveryMetricAndNoOther() throws IOException {
        var registered = new TreeSet<String>();
        try (var sources = Files.list(Path.of("src/main/java/io/portero/metrics"))) {
            sources.map(DocsTest::read).forEach(source -> registered.addAll(found(source, "\"(portero\\.[a-z.]+)\"")));
        }
        var documented = found(table("metrics.md", "metric"), "`(portero_[a-z_]+)`").stream()
                .map(name -> name.replaceAll("_(total|seconds)$", "").replace('_', '.'))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(documented).isEqualTo(registered);
    }

    @Test
    void namesEveryReasonForADropAndNoOther() {
        var reasons = Arrays.stream(Reason.values()).map(Reason::word).collect(Collectors.toCollection(TreeSet::new));
        assertThat(found(table("observe.md", "reason"), "(?m)^\\| `([a-z_]+)`")).isEqualTo(reasons);
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
        var line = read(DOCS.resolve("commands.md"))
                .lines()
                .filter(l -> l.startsWith("Exit codes:"))
                .findFirst()
                .orElseThrow();
        codes.forEach(code -> assertThat(line).containsPattern("\\b" + code + "\\b"));
    }

    @Test
    void namesEveryTargetOfMake() {
        var targets = found(read(Path.of("Makefile")), "(?m)^([a-z-]+):.*## ");
        targets.removeAll(Set.of("help", "clean"));
        assertThat(found(table("building.md", ""), "(?m)^\\| `make ([a-z-]+)`")).isEqualTo(targets);
    }

    @ParameterizedTest
    @MethodSource("pagesAndThoseForContributors")
    void namesOnlyExistingTargetsOfMake(Path page) {
        var targets = found(read(Path.of("Makefile")), "(?m)^([a-z-]+):.*## ");
        var named = found(read(page), "(?:`|^)make ((?:[a-z-]+ ?)+)").stream()
                .flatMap(words -> Stream.of(words.split(" ")))
                .toList();
        assertThat(targets).containsAll(named);
    }

    @ParameterizedTest
    @MethodSource("pagesAndThoseForContributors")
    void linksLeadToExistingFilesAndHeadings(Path page) {
        var links = LINK.matcher(read(page))
                .results()
                .map(m -> m.group(1) == null ? m.group(2) : m.group(1))
                .filter(link -> !link.contains("://"))
                .toList();
        assertThat(links).allSatisfy(link -> {
            var parts = link.split("#", 2);
            var folder = page.toAbsolutePath().getParent();
            var target = parts[0].isEmpty() ? page : folder.resolve(parts[0]).normalize();
            assertThat(target).exists();
            if (parts.length == 2) {
                assertThat(anchors(read(target))).contains(parts[1]);
            }
        });
    }

    /** The anchors of headings, as GitHub creates them. */
    private static Set<String> anchors(String text) {
        return found(text, "(?m)^#+ (.*)$").stream()
                .map(heading -> heading.toLowerCase(java.util.Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everyPageIsInTheTableOfReadmeAndInTheIndex() {
        var pages = pages().map(p -> p.getFileName().toString())
                .filter(name -> !name.equals("README.md"))
                .toList();
        var readme = read(README);
        var index = read(DOCS.resolve("README.md"));
        assertThat(pages).isNotEmpty().allSatisfy(name -> {
            assertThat(readme).contains("](docs/" + name + ")");
            assertThat(index).contains("](" + name + ")");
        });
    }

    @ParameterizedTest
    @MethodSource("pages")
    void showsPoliciesThatAreAccepted(Path page) {
        assertThat(policies(page))
                .allSatisfy(policy -> assertThat(new PolicyReader().parse(page.toString(), policy))
                        .isInstanceOf(Loaded.Accepted.class));
    }

    @Test
    void showsSomePolicies() {
        assertThat(pages().flatMap(page -> policies(page).stream())).hasSizeGreaterThan(4);
    }

    /** The complete policies of a page: those with a management service. */
    private static List<String> policies(Path page) {
        return YAML.matcher(read(page))
                .results()
                .map(m -> m.group(1))
                .filter(text -> text.contains("\nservices:") || text.startsWith("services:"))
                .filter(text -> text.contains("management: true"))
                .toList();
    }

    /** The rows of the first table of a page whose first column has this title. */
    private static String table(String page, String title) {
        var text = read(DOCS.resolve(page));
        var rows = Pattern.compile("(?m)^\\| " + Pattern.quote(title) + " ?\\|.*\\n\\|[-|]+\\n((?:\\|.*\\n)+)")
                .matcher(text);
        assertThat(rows.find()).as("a table of %s in %s", title, page).isTrue();
        return rows.group(1);
    }

    private static Set<String> found(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(m -> m.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
