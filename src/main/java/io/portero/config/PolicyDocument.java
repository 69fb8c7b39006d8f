package io.portero.config;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A policy file as YAML: its words by key, the line of each, and what does not fit the {@link Shape}.
 *
 * <p>Words are taken as they are written, so {@code 1:2:3:4:5:6:7:8} stays an address where YAML 1.1 would make a number
 * of it. What does not fit is reported and left out, so that the rest can still be judged. The walk is led by the shape
 * and hence no deeper than it, whatever aliases the file holds.
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

    /** Everything that fitted, as a configuration source takes it: a list is one value with commas. */
    Map<String, String> properties() {
        return properties;
    }

    /** What stands below a key that may be a single word as well. */
    Optional<String> below(String key) {
        return Optional.ofNullable(below.get(key));
    }

    /** Whether nothing could be read, which then has been found wrong. */
    boolean isEmpty() {
        return lines.isEmpty();
    }

    boolean has(String key) {
        return lines.containsKey(key);
    }

    /** The line of the key, of its nearest parent when it is not in the file, or 0. */
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

    /** What a user typed, fit for a terminal and for one line of a log. */
    static String printable(String text) {
        var clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= 60 ? clean : clean.substring(0, 57) + "...";
    }
}
