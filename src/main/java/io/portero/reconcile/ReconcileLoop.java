package io.portero.reconcile;

import io.portero.reconcile.Reconciler.Result;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that changes the firewall.
 *
 * <p>Triggers may be left by any thread. Those of one kind that wait are served by one pass. A pass that fails is made
 * again; a pass that throws, which is a bug, does not end the loop.
 */
public final class ReconcileLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ReconcileLoop.class.getName());
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PROBATION_CHECK = Duration.ofMillis(250);

    private final Reconciler reconciler;
    private final Pace pace = new Pace();
    private final BlockingQueue<Trigger> triggers = new LinkedBlockingQueue<>();
    private final CountDownLatch firstPass = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean stopping;

    public ReconcileLoop(Reconciler reconciler) {
        this.reconciler = reconciler;
        this.thread = Thread.ofPlatform().name("reconcile").unstarted(this::run);
    }

    /** Starts with a pass of its own. */
    public void start() {
        thread.start();
    }

    public void trigger(Trigger trigger) {
        triggers.add(trigger);
    }

    /** Waits until the first pass has ended, however it did. */
    public void awaitFirstPass() throws InterruptedException {
        firstPass.await();
    }

    private void run() {
        var trigger = Trigger.STARTUP;
        long due = 0;
        while (!stopping) {
            long start = System.nanoTime();
            var result = pass(trigger);
            firstPass.countDown();
            if (trigger != Trigger.PROBATION || result != Result.DONE) {
                var interval = reconciler.status().file().settings().reconcileInterval();
                // Only what it costs to look counts: it is what an interval repeats.
                var took = trigger == Trigger.PERIODIC ? Duration.ofNanos(System.nanoTime() - start) : Duration.ZERO;
                due = System.nanoTime() + pace.after(result, interval, took).toNanos();
            }
            trigger = next(due, result == Result.FAILED ? retryOf(trigger) : Trigger.PERIODIC);
        }
    }

    private Result pass(Trigger trigger) {
        try {
            return reconciler.pass(trigger);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a pass ended by a bug, the rules stay as they are", e);
            return Result.FAILED;
        }
    }

    /** What a file said that could not be put in force is tried again; anything else is found by looking. */
    private static Trigger retryOf(Trigger failed) {
        return switch (failed) {
            case STARTUP, FILE, SIGNAL -> failed;
            case ROLLBACK, PROBATION, PERIODIC -> Trigger.PERIODIC;
        };
    }

    /** The next trigger: one that was left, or what is due when time has come. */
    private Trigger next(long due, Trigger whenDue) {
        try {
            long left = due - System.nanoTime();
            boolean probation = reconciler.onProbation();
            var wait = probation ? Math.min(left, PROBATION_CHECK.toNanos()) : left;
            var trigger = triggers.poll(wait, TimeUnit.NANOSECONDS);
            if (trigger != null) {
                return mostUrgent(trigger);
            }
            return due - System.nanoTime() > 0 && probation ? Trigger.PROBATION : whenDue;
        } catch (InterruptedException e) {
            return whenDue; // stopping
        }
    }

    private Trigger mostUrgent(Trigger next) {
        var waiting = EnumSet.of(next);
        @Nullable Trigger more;
        while ((more = triggers.poll()) != null) {
            waiting.add(more);
        }
        return waiting.iterator().next();
    }

    /** Lets the pass under way end; the rules stay in force. */
    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
        try {
            thread.join(STOP_TIMEOUT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
