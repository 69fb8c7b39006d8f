package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Layers and the policy composed from them; {@code -Dgolden.update=true} writes the current results. */
class CompositionGoldenTest {
    private static final Path DIRECTORY = Path.of("src/test/resources/fleet");
    private static final String COMPOSED = "=== composed\n";
    private static final String REFUSED = "=== refused\n";

    static Stream<Path> goldens() throws IOException {
        try (var files = Files.list(DIRECTORY)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void layersComposeToTheTextOfTheGolden(Path file) throws IOException {
        var text = Files.readString(file);
        var input = text.split(COMPOSED + "|" + REFUSED, 2)[0];
        var actual = input + composed(sections(input));
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, actual);
        } else {
            assertThat(actual).isEqualTo(text);
        }
    }

    private static String composed(Map<String, String> sections) {
        try {
            var mayDefine = Optional.ofNullable(sections.get("may-define"))
                    .map(words -> Set.of(words.strip().split(" ")));
            var composed = Composition.of(
                    layer(sections, "groups.yaml"),
                    layer(sections, "roles/voice.yaml"),
                    layer(sections, "host.yaml"),
                    mayDefine);
            var printed = TreeText.print(composed.policy());
            assertThat(Layer.read("again", printed).text())
                    .as("what is printed means the same")
                    .isEqualTo(printed);
            return COMPOSED + printed;
        } catch (Refusal e) {
            return REFUSED + e.sentence() + "\n";
        }
    }

    private static Layer layer(Map<String, String> sections, String name) throws Refusal {
        return Layer.read(name, sections.getOrDefault(name, ""));
    }

    private static Map<String, String> sections(String text) {
        var sections = new HashMap<String, String>();
        for (var part : List.of(text.split("(?m)^=== "))) {
            int end = part.indexOf('\n');
            if (end > 0) {
                sections.put(part.substring(0, end), part.substring(end + 1));
            }
        }
        return sections;
    }

    @Test
    void everyWayToJoinLayersIsInSomeGolden() throws IOException {
        var seen = new HashSet<String>();
        for (var file : goldens().toList()) {
            var text = Files.readString(file);
            seen.add(text.contains(REFUSED) ? "refused" : "composed");
            if (text.contains("=== may-define")) {
                seen.add("may-define");
            }
            for (var key :
                    List.of("groups:", "services:", "deny:", "tests:", "safety:", "agent:", "mode:", "outgoing:")) {
                if (text.contains("\n" + key)) {
                    seen.add(key);
                }
            }
        }
        assertThat(seen)
                .contains(
                        "refused",
                        "composed",
                        "may-define",
                        "groups:",
                        "services:",
                        "deny:",
                        "tests:",
                        "safety:",
                        "agent:",
                        "mode:",
                        "outgoing:");
    }
}
