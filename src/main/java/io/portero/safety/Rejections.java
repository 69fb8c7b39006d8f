package io.portero.safety;

import io.portero.state.StateDirectory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Remembers policy files that failed their probation, for 30 days: the agent does not put them in force again by
 * itself.
 *
 * <p>Each has one line in the state directory, {@code TIME DIGEST}; other lines are skipped. At most 100 are kept, the
 * latest.
 */
final class Rejections {
    private static final String FILE = "rejected";
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int MOST = 100;

    private final StateDirectory state;
    private final Clock clock;

    Rejections(StateDirectory state, Clock clock) {
        this.state = state;
        this.clock = clock;
    }

    boolean isEmpty() {
        return read().isEmpty();
    }

    boolean contains(String digest) {
        return read().containsKey(digest);
    }

    void add(String digest) {
        var all = read();
        all.put(digest, clock.instant());
        state.write(
                FILE,
                all.entrySet().stream()
                        .sorted(Map.Entry.<String, Instant>comparingByValue(Comparator.reverseOrder()))
                        .limit(MOST)
                        .map(e -> e.getValue() + " " + e.getKey() + "\n")
                        .collect(Collectors.joining()));
    }

    private Map<String, Instant> read() {
        var oldest = clock.instant().minus(KEPT);
        var known = new TreeMap<String, Instant>();
        state.read(FILE).ifPresent(text -> text.lines().forEach(line -> read(line, known)));
        known.values().removeIf(at -> at.isBefore(oldest));
        return known;
    }

    private static void read(String line, Map<String, Instant> known) {
        var words = line.split(" ", 2);
        try {
            if (words.length == 2) {
                known.put(words[1], Instant.parse(words[0]));
            }
        } catch (DateTimeParseException e) {
            // Not a line of ours.
        }
    }
}
