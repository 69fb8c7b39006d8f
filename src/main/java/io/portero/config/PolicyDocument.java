package io.portero.config;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A policy file as YAML: its words by key, the line of each, and reports about what does not fit the {@link Shape}.
 *
 * <p>Words are taken as written: {@code 1:2:3:4:5:6:7:8} stays an address, although YAML 1.1 would read it as a number.
 * A part that does not fit is reported and left out, so that the rest can still be checked. The walk follows the shape,
 * so it is never deeper than the shape, even if the file contains YAML aliases.
 */
final class PolicyDocument {
    private final Map<String, String> properties;
    private final Map<String, String> below;
    private final Map<String, Integer> lines;

    PolicyDocument(Map<String, String> properties, Map<String, String> below, Map<String, Integer> lines) {
        this.properties = Collections.unmodifiableMap(properties);
        this.below = Collections.unmodifiableMap(below);
        this.lines = Collections.unmodifiableMap(lines);
    }

    static PolicyDocument read(String text, Findings findings) {
        var walk = new DocumentWalk(findings);
        var root = YamlText.compose(text, findings);
        if (root != null) {
            walk.walk(Shape.FILE, "", root);
        }
        return walk.document();
    }

    /** All parts that fit, in the form of a configuration source: a list is one value with commas. */
    Map<String, String> properties() {
        return properties;
    }

    /** The additional value below a key that can also be a single word. */
    Optional<String> below(String key) {
        return Optional.ofNullable(below.get(key));
    }

    /** Whether nothing could be read; then an error was reported. */
    boolean isEmpty() {
        return lines.isEmpty();
    }

    boolean has(String key) {
        return lines.containsKey(key);
    }

    /** The line of the key; if it is not in the file, the line of its nearest parent, or 0. */
    int line(String key) {
        for (var k = key; !k.isEmpty(); k = parent(k)) {
            var line = lines.get(k);
            if (line != null) {
                return line;
            }
        }
        return 0;
    }

    private static String parent(String key) {
        int end = Math.max(key.lastIndexOf('.'), key.lastIndexOf('['));
        return end < 0 ? "" : key.substring(0, end);
    }

    /** The names below a key, in the order of the file. */
    List<String> names(String key) {
        var prefix = key + ".";
        return lines.entrySet().stream()
                .filter(e -> e.getKey().startsWith(prefix) && e.getKey().indexOf('.', prefix.length()) < 0)
                .filter(e -> e.getKey().indexOf('[', prefix.length()) < 0)
                .sorted(Map.Entry.comparingByValue())
                .map(e -> e.getKey().substring(prefix.length()))
                .toList();
    }

    /** Text of a user, safe for a terminal and for one line of a log. */
    static String printable(String text) {
        var clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= 60 ? clean : clean.substring(0, 57) + "...";
    }
}
