package io.portero;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Records with a hand-written equals method, which is faster in the native executable. If it forgot a component, two
 * different policies would count as equal.
 */
class WrittenEqualsTest {
    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern HEAD = Pattern.compile("\\brecord (\\w+)\\s*\\(");
    private static final Pattern COMPONENT = Pattern.compile("(\\w+)\\s*$");
    private static final Pattern BRACKETS = Pattern.compile("<[^<>]*>");
    private static final String EQUALS = "public boolean equals(@Nullable Object other) {";

    @Test
    void everyComponentIsCompared() throws IOException {
        var records = new ArrayList<String>();
        for (var file : files()) {
            var text = Files.readString(file);
            for (int at = text.indexOf(EQUALS); at >= 0; at = text.indexOf(EQUALS, at + 1)) {
                var head = HEAD.matcher(text.substring(0, at)).results().reduce((a, b) -> b);
                if (head.isPresent()) {
                    var body = text.substring(at, text.indexOf("\n\n", at));
                    records.add(head.get().group(1));
                    assertThat(components(text.substring(head.get().end())))
                            .as(file + ": " + head.get().group(1))
                            .isNotEmpty()
                            .allSatisfy(
                                    c -> assertThat(isCompared(body, c)).as(c).isTrue());
                }
            }
        }
        assertThat(records).contains("Policy", "Service", "Sources", "Ban", "Ip");
    }

    /** By name, or by a record pattern with the components in order. */
    private static boolean isCompared(String body, String component) {
        return body.contains("that." + component)
                || Pattern.compile("\\b" + component + "\\b").matcher(body).find();
    }

    private static List<String> components(String behindHead) {
        var list = new StringBuilder();
        int depth = 1;
        for (int i = 0; depth > 0; i++) {
            char c = behindHead.charAt(i);
            depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            list.append(depth > 0 ? c : "");
        }
        var text = list.toString();
        while (BRACKETS.matcher(text).find()) {
            text = BRACKETS.matcher(text).replaceAll("");
        }
        return Stream.of(text.split(","))
                .map(COMPONENT::matcher)
                .filter(m -> m.find())
                .map(m -> m.group(1))
                .toList();
    }

    private static List<Path> files() throws IOException {
        try (var all = Files.walk(SOURCES)) {
            return all.filter(f -> f.toString().endsWith(".java")).toList();
        }
    }
}
