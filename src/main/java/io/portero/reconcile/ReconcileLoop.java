package io.portero.reconcile;

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
        while (!stopping) {
            var wait = pass(trigger);
            firstPass.countDown();
            trigger = await(wait, trigger);
        }
    }

    private Duration pass(Trigger trigger) {
        long start = System.nanoTime();
        Reconciler.Result result;
        try {
            result = reconciler.pass(trigger);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a pass ended by a bug, the rules stay as they are", e);
            result = Reconciler.Result.FAILED;
        }
        failed = result == Reconciler.Result.FAILED;
        var interval = reconciler.status().settings().reconcileInterval();
        return pace.after(result, interval, Duration.ofNanos(System.nanoTime() - start));
    }

    private boolean failed;

    /** The next trigger: one that was left, the last one again if it failed, or time itself. */
    private Trigger await(Duration wait, Trigger last) {
        try {
            var next = triggers.poll(wait.toNanos(), TimeUnit.NANOSECONDS);
            if (next == null) {
                return failed ? last : Trigger.PERIODIC;
            }
            return mostUrgent(next);
        } catch (InterruptedException e) {
            return Trigger.PERIODIC; // stopping, or nothing at all
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
