package io.portero.drift;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Notices that a program keeps changing our table, and then slows the repairs down.
 *
 * <p>More than {@value #TOLERATED} repairs within a minute for the same program, or repairs that take more than
 * {@code TOLERATED_TIME} of it, are contention. During contention they take at most one part in {@value #SHARE} of the time, and
 * come at least every {@code LONGEST_PAUSE}: they are slowed down, never given up. A minute without a repair ends it. Belongs
 * to one thread.
 */
public final class Contention {
    static final int TOLERATED = 60;
    private static final Duration TOLERATED_TIME = Duration.ofSeconds(3);
    private static final int MOST_REMEMBERED = 1000;
    private static final int SHARE = 20;
    private static final long WINDOW = Duration.ofMinutes(1).toNanos();
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final LongSupplier nanoTime;
    private final Deque<Repair> repairsMade = new ArrayDeque<>();
    private Optional<String> contender = Optional.empty();
    private int repairs;
    private Duration pause = Duration.ZERO;

    public Contention(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private record Repair(String program, long at, long took) {}

    /** To be called for each repair; returns whether contention began with it. */
    public boolean repaired(Collection<String> programs, Duration took) {
        forgetOld();
        var names = programs.stream().distinct().toList();
        names.forEach(p -> repairsMade.add(new Repair(p, nanoTime.getAsLong(), took.toNanos() / names.size())));
        pause = between(took.multipliedBy(SHARE));
        if (contender.isPresent()) {
            repairs++;
            return false;
        }
        contender = strongest();
        repairs = repairsMade.size();
        return contender.isPresent();
    }

    private Optional<String> strongest() {
        var most =
                repairsMade.stream()
                        .collect(Collectors.groupingBy(Repair::program, Collectors.counting()))
                        .entrySet()
                        .stream()
                        .max(Map.Entry.comparingByValue());
        long took = repairsMade.stream().mapToLong(Repair::took).sum();
        return most.filter(m -> m.getValue() > TOLERATED || took > TOLERATED_TIME.toNanos() && repairsMade.size() > 1)
                .map(Map.Entry::getKey);
    }

    private static Duration between(Duration pause) {
        if (pause.compareTo(SHORTEST_PAUSE) < 0) {
            return SHORTEST_PAUSE;
        }
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    private void forgetOld() {
        long now = nanoTime.getAsLong();
        while (!repairsMade.isEmpty() && now - repairsMade.getFirst().at() > WINDOW) {
            repairsMade.removeFirst();
        }
        while (repairsMade.size() > MOST_REMEMBERED) {
            repairsMade.removeFirst();
        }
    }

    /** Whether the current contention has ended; to be called regularly. */
    public boolean isOver() {
        forgetOld();
        if (contender.isEmpty() || !repairsMade.isEmpty()) {
            return false;
        }
        contender = Optional.empty();
        return true;
    }

    /** The program that causes the contention. */
    public Optional<String> contender() {
        return contender;
    }

    /** The number of repairs in this contention so far. */
    public int repairs() {
        return repairs;
    }

    /** How long the next repair must still wait. */
    public Duration pause() {
        if (contender.isEmpty() || repairsMade.isEmpty()) {
            return Duration.ZERO;
        }
        var since =
                Duration.ofNanos(nanoTime.getAsLong() - repairsMade.getLast().at());
        return since.compareTo(pause) >= 0 ? Duration.ZERO : pause.minus(since);
    }
}
