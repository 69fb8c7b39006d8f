package io.portero.host;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import io.portero.host.ConntrackTable.Entry;
import io.portero.policy.PortRange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads connection tracking, at most once a second for each question, however many threads ask.
 *
 * <p>The program needs 1.5 to 2 seconds for 100,000 flows and prints 17 MB, so it is told to filter by port where
 * possible. If it does not end within 5 seconds, it is not started again for a minute. An answer is up to a second old.
 */
final class ConntrackReader {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FRESH = Duration.ofSeconds(1);
    private static final Duration REST = Duration.ofMinutes(1);
    private static final int QUESTIONS_KEPT = 32;

    private final CommandRunner runner;
    private final Path file;
    private final LongSupplier nanoTime;
    private final Map<List<String>, Reading> readings = new LinkedHashMap<>();
    private Optional<Long> overstayed = Optional.empty();

    ConntrackReader(CommandRunner runner, Path file, LongSupplier nanoTime) {
        this.runner = runner;
        this.file = file;
        this.nanoTime = nanoTime;
    }

    private record Reading(long at, Optional<List<Entry>> entries) {}

    /** All flows; nothing when they cannot be read. */
    synchronized Optional<List<Entry>> all() {
        return reading(List.of(), line -> true);
    }

    /**
     * The answered TCP flows to one of these ports, and possibly others; nothing when they cannot be read. The kernel
     * itself can filter only by whether a flow was answered. This skips what a scan or a flood left, and saves 6/7 of
     * the time.
     */
    synchronized Optional<List<Entry>> tcp(List<PortRange> ports) {
        var numbers = ports.stream()
                .flatMapToInt(p -> IntStream.of(p.first(), p.last()))
                .distinct()
                .toArray();
        return numbers.length == 1
                ? reading(
                        List.of("-p", "tcp", "-u", "SEEN_REPLY", "--dport", String.valueOf(numbers[0])),
                        ConntrackTable::isTcp)
                : reading(List.of("-p", "tcp", "-u", "SEEN_REPLY"), ConntrackTable::isTcp);
    }

    /** Discards what was read before. */
    synchronized void forget() {
        readings.clear();
    }

    private Optional<List<Entry>> reading(List<String> filter, Predicate<String> wanted) {
        long now = nanoTime.getAsLong();
        readings.values().removeIf(r -> now - r.at() >= FRESH.toNanos());
        var known = readings.getOrDefault(List.of(), readings.get(filter)); // all flows, or those that were asked for
        if (known == null) {
            var entries = read(filter, wanted);
            known = new Reading(nanoTime.getAsLong(), entries);
            if (readings.size() < QUESTIONS_KEPT) {
                readings.put(filter, known);
            }
        }
        return known.entries();
    }

    /** @param wanted the same as the filter, in words of conntrack(8), for the lines of the file */
    private Optional<List<Entry>> read(List<String> filter, Predicate<String> wanted) {
        if (filter.isEmpty() && Files.isReadable(file)) {
            return ofFile(wanted);
        }
        return ofProgram(filter, wanted).or(() -> Files.isReadable(file) ? ofFile(wanted) : Optional.empty());
    }

    private Optional<List<Entry>> ofFile(Predicate<String> wanted) {
        try (var lines = Files.lines(file)) {
            return Optional.of(ConntrackTable.parse(lines, wanted));
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    private Optional<List<Entry>> ofProgram(List<String> filter, Predicate<String> wanted) {
        long now = nanoTime.getAsLong();
        if (overstayed.filter(at -> now - at < REST.toNanos()).isPresent()) {
            return Optional.empty();
        }
        var words = Stream.concat(Stream.of("conntrack", "-L"), filter.stream()).toArray(String[]::new);
        var result = runner.run(Command.of(TIMEOUT, words));
        overstayed = result instanceof CommandResult.TimedOut ? Optional.of(nanoTime.getAsLong()) : Optional.empty();
        return result instanceof CommandResult.Completed done && done.succeeded()
                ? Optional.of(ConntrackTable.parse(done.output().lines(), wanted))
                : Optional.empty();
    }
}
