package io.portero.loop;

import io.portero.events.Trigger;
import io.portero.reconcile.PassResult;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Says which pass comes next, and when.
 *
 * <p>The most urgent waiting kind comes first, but no kind comes twice while another waits. So a program that triggers
 * the same pass all the time delays neither the end of a probation, nor the regular look, nor a retry. For use by one
 * thread.
 */
final class Schedule {
    private static final EnumSet<Trigger> RELOADS = EnumSet.of(Trigger.STARTUP, Trigger.SIGNAL, Trigger.FILE);
    /** Passes of these kinds read the whole table. */
    private static final EnumSet<Trigger> LOOKS = EnumSet.of(Trigger.STARTUP, Trigger.SIGNAL, Trigger.PERIODIC);

    private static final Duration PROBATION_CHECK = Duration.ofMillis(250);

    private final LongSupplier nanoTime;
    private final BackOff backOff = new BackOff();
    private final EnumSet<Trigger> waiting = EnumSet.noneOf(Trigger.class);
    /** The kinds that were served since all waiting kinds had their turn. */
    private final EnumSet<Trigger> served = EnumSet.noneOf(Trigger.class);
    /** Failed passes to retry; at first the initial pass, which needs no trigger. */
    private final EnumSet<Trigger> owed = EnumSet.noneOf(Trigger.class);

    private long due;
    private long probationChecked;

    Schedule(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.due = nanoTime.getAsLong();
        this.probationChecked = due;
        owed.add(Trigger.STARTUP);
    }

    void arrived(Set<Trigger> triggers) {
        waiting.addAll(triggers);
    }

    /**
     * The pass to make now, if any.
     *
     * @param pause how long a pass for a drift must still wait
     */
    Optional<Trigger> next(boolean onProbation, Duration pause) {
        long now = nanoTime.getAsLong();
        if (due - now <= 0) {
            waiting.add(whenDue());
        }
        if (onProbation && untilProbationCheck(now) <= 0) {
            waiting.add(Trigger.PROBATION);
        }
        var ready = EnumSet.copyOf(waiting);
        if (pause.isPositive()) {
            ready.remove(Trigger.DRIFT);
        }
        if (served.containsAll(ready)) {
            served.clear();
        }
        ready.removeAll(served);
        var next = ready.stream().findFirst();
        next.ifPresent(trigger -> {
            waiting.remove(trigger);
            served.add(trigger);
        });
        return next;
    }

    private Trigger whenDue() {
        return owed.stream().findFirst().orElse(Trigger.PERIODIC);
    }

    private long untilProbationCheck(long now) {
        return probationChecked + PROBATION_CHECK.toNanos() - now;
    }

    /** How long to wait if nothing arrives. */
    Duration idle(boolean onProbation, Duration pause) {
        long now = nanoTime.getAsLong();
        long left = due - now;
        if (waiting.contains(Trigger.DRIFT)) {
            left = Math.min(left, pause.toNanos());
        }
        if (onProbation) {
            left = Math.min(left, untilProbationCheck(now));
        }
        return Duration.ofNanos(Math.max(0, left));
    }

    /**
     * Records that a pass has ended.
     *
     * @param interval the time between two regular looks at the kernel
     */
    void ended(Trigger trigger, PassResult result, Duration interval, Duration took) {
        long now = nanoTime.getAsLong();
        boolean wasDue = due - now <= 0 && trigger == whenDue();
        if (trigger == Trigger.PROBATION || trigger == Trigger.ROLLBACK) {
            probationChecked = now;
        }
        owe(trigger, result);
        if (isAside(trigger) && result == PassResult.DONE) {
            return;
        }
        // Only the cost of a look counts, because only that is repeated at each interval.
        var looked = trigger == Trigger.PERIODIC ? took : Duration.ZERO;
        long next = now + backOff.after(result, interval, looked).toNanos();
        boolean putsOff = wasDue
                || LOOKS.contains(trigger) && (owed.isEmpty() || result == PassResult.FAILED)
                || result == PassResult.POSTPONED && RELOADS.contains(trigger);
        due = putsOff ? next : Math.min(due, next);
    }

    /** Whether passes of this kind do not count as a look at the kernel. */
    private static boolean isAside(Trigger trigger) {
        return switch (trigger) {
            case PROBATION, ROLLBACK, NETWORK, DNS, LIST, EXPIRY, DRIFT -> true;
            case STARTUP, SIGNAL, FILE, PERIODIC -> false;
        };
    }

    /**
     * A failed pass for a file, a name or a list is retried until it succeeds, even if other passes come in between; a
     * regular look finds everything else.
     */
    private void owe(Trigger trigger, PassResult result) {
        if (RELOADS.contains(trigger)) {
            owed.removeAll(RELOADS);
        }
        boolean retried = RELOADS.contains(trigger) || trigger.isRenewal();
        if (retried && result == PassResult.FAILED) {
            owed.add(trigger);
        } else {
            owed.remove(trigger);
        }
    }
}
