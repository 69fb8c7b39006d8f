package io.portero.status;

import io.portero.lists.ListState;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * A list of the policy in the status and JSON.
 *
 * @param list its name in log and metrics
 * @param kind {@code file} or {@code url}
 * @param places the groups that contain it, or the keys that name it
 * @param entries the number of entries in force; absent if unknown
 * @param bytes its size
 * @param since when a file was changed, or a web list was last fetched or found unchanged
 * @param next when a web list is fetched next; a file is watched
 * @param failures how many fetches have failed
 * @param error the problem with it
 * @param held the members that are held back, and why
 */
public record ListRow(
        String list,
        String kind,
        List<String> places,
        Optional<Long> entries,
        Optional<Long> bytes,
        Optional<Instant> since,
        Optional<Long> ageSeconds,
        Optional<Instant> next,
        Optional<Long> nextSeconds,
        long failures,
        Optional<String> error,
        Optional<Held> held) {
    /** @param entries how many entries the list has at its server */
    public record Held(long entries, String why) {}

    public static ListRow of(ListState state, Instant now) {
        // The next fetch is unknown for a list that no agent has fetched yet.
        var due = Optional.of(state.due()).filter(d -> state.answered().isPresent() || state.failures() > 0);
        return new ListRow(
                state.list().toString(),
                "url",
                List.copyOf(state.places()),
                state.entries().map(Integer::longValue),
                state.entries().map(e -> state.bytes()),
                state.answered().map(ListRow::seconds),
                state.answered().map(at -> between(at, now)),
                due.map(ListRow::seconds),
                due.map(d -> between(now, d)),
                state.failures(),
                state.error(),
                state.held().map(h -> new Held(h.entries(), h.why())));
    }

    /** A list in a file. */
    public static ListRow of(
            String list,
            SortedSet<String> places,
            int entries,
            Optional<Long> bytes,
            Optional<Instant> changed,
            Optional<String> error,
            Instant now) {
        return new ListRow(
                list,
                "file",
                List.copyOf(places),
                Optional.of((long) entries),
                bytes,
                changed.map(ListRow::seconds),
                changed.map(at -> between(at, now)),
                Optional.empty(),
                Optional.empty(),
                0,
                error,
                Optional.empty());
    }

    /** In a few words. */
    public String inWords() {
        return list + " "
                + entries.map(e -> e + (e == 1 ? " entry" : " entries")).orElse("never fetched")
                + ageSeconds
                        .map(s -> ", " + (kind.equals("url") ? "fetched " : "changed ") + inWords(s) + " ago")
                        .orElse("")
                + held.map(h -> ", held back: portero lists says why").orElse("")
                + error.map(e -> ": " + e).orElse("");
    }

    private static String inWords(long seconds) {
        var passed = Duration.ofSeconds(seconds);
        if (passed.toMinutes() < 1) {
            return seconds + " s";
        }
        if (passed.toHours() < 1) {
            return passed.toMinutes() + " min";
        }
        return passed.toDays() < 2 ? passed.toHours() + " h" : passed.toDays() + " days";
    }

    private static Instant seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS);
    }

    private static long between(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toSeconds());
    }
}
