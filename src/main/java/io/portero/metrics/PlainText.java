package io.portero.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sorts the text of a scrape so that people can compare and grep it: families and series in order, no comma after the
 * last label.
 *
 * <p>The registry writes the text format 0.0.4 (prometheus.io, Exposition formats) in the order of a hash table.
 */
public final class PlainText {
    private static final String HELP = "# HELP ";

    private PlainText() {}

    public static String of(String scraped) {
        var families = new TreeMap<String, Family>();
        var current = new Family();
        for (var line : scraped.lines().toList()) {
            if (line.startsWith(HELP)) {
                current = families.computeIfAbsent(line.split(" ", 4)[2], name -> new Family());
            }
            (line.startsWith("#") ? current.comments : current.samples).add(tidy(line));
        }
        return families.values().stream().flatMap(Family::lines).collect(Collectors.joining("\n", "", "\n"));
    }

    private record Family(List<String> comments, List<String> samples) {
        Family() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        Stream<String> lines() {
            return Stream.concat(comments.stream(), samples.stream().sorted());
        }
    }

    /** The last brace closes the labels, since no number has one. */
    private static String tidy(String line) {
        int brace = line.lastIndexOf('}');
        return !line.startsWith("#") && brace > 0 && line.charAt(brace - 1) == ','
                ? line.substring(0, brace - 1) + line.substring(brace)
                : line;
    }
}
