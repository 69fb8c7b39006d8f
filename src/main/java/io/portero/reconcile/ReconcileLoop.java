package io.portero.reconcile;

import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one thread that changes the firewall.
 *
 * <p>Triggers may be left by any thread. Those of one kind that wait are served by one pass. A pass that fails is made
 * again; a pass that throws an exception, which is a bug, does not end the loop. An Error does, as does an exception outside a pass:
 * nobody can say what state they leave behind, so that the whole process must end and start afresh; the rules stay in force.
 */
public final class ReconcileLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ReconcileLoop.class.getName());
    private static final EnumSet<Trigger> RELOADS = EnumSet.of(Trigger.STARTUP, Trigger.SIGNAL, Trigger.FILE);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration PROBATION_CHECK = Duration.ofMillis(250);

    private final Reconciler reconciler;
    private final Heartbeat heart;
    private final Consumer<Throwable> died;
    private final BackOff backOff = new BackOff();
    private final BlockingQueue<Trigger> triggers = new LinkedBlockingQueue<>();
    private final CountDownLatch firstPass = new CountDownLatch(1);
    /** Those taken from the queue and not served yet; each kind once, the most urgent first. */
    private final EnumSet<Trigger> waiting = EnumSet.noneOf(Trigger.class);

    /** Passes that failed and are to be made again. */
    private final EnumSet<Trigger> owed = EnumSet.noneOf(Trigger.class);

    private final Thread thread;
    private volatile boolean stopping;

    /** @param died told why the loop has come to an end that nobody asked for; ends the process */
    public ReconcileLoop(Reconciler reconciler, Heartbeat heart, Consumer<Throwable> died) {
        this.reconciler = reconciler;
        this.heart = heart;
        this.died = died;
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

    /** Catches all there is: a thread that ends in silence leaves the firewall to itself while everything else says that all is well. */
    private void run() {
        try {
            goRound();
        } catch (Throwable e) {
            died.accept(e);
        }
    }

    private void goRound() {
        var trigger = Trigger.STARTUP;
        long due = 0;
        while (!stopping) {
            long start = System.nanoTime();
            var result = pass(trigger);
            firstPass.countDown();
            owe(trigger, result);
            if (!isAside(trigger) || result != PassResult.DONE) {
                var interval = reconciler.status().file().settings().reconcileInterval();
                // Only what it costs to look counts: it is what an interval repeats.
                var took = trigger == Trigger.PERIODIC ? Duration.ofNanos(System.nanoTime() - start) : Duration.ZERO;
                long next = System.nanoTime()
                        + backOff.after(result, interval, took).toNanos();
                // What is owed is not put off by passes of other kinds that went well.
                due = !owed.isEmpty() && result != PassResult.FAILED ? Math.min(due, next) : next;
            }
            trigger = next(due, owed.stream().findFirst().orElse(Trigger.PERIODIC));
        }
    }

    /** Whether passes of this kind say nothing of when the kernel was last looked at. */
    private static boolean isAside(Trigger trigger) {
        return trigger == Trigger.PROBATION || trigger.isRenewal();
    }

    /**
     * What a file or a name said that could not be put in force is tried again until it could, whatever other passes come in
     * between; anything else is found by looking.
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

    private PassResult pass(Trigger trigger) {
        try {
            return reconciler.pass(trigger);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a pass ended by a bug, the rules stay as they are", e);
            return PassResult.FAILED;
        }
    }

    /** The next trigger: one that was left, or what is due when time has come. */
    private Trigger next(long due, Trigger whenDue) {
        try {
            while (!stopping) {
                heart.beat();
                reconciler.tellFailures();
                triggers.drainTo(waiting);
                var drift = pause();
                if (!waiting.isEmpty() && (drift.isZero() || waiting.size() > 1)) {
                    return takeMostUrgent(drift);
                }
                var trigger = triggers.poll(wait(due, drift), TimeUnit.NANOSECONDS);
                if (trigger != null) {
                    waiting.add(trigger);
                } else if (due - System.nanoTime() <= 0) {
                    return whenDue;
                } else if (reconciler.onProbation()) {
                    return Trigger.PROBATION;
                }
            }
            return whenDue;
        } catch (InterruptedException e) {
            return whenDue; // stopping
        }
    }

    /** How long a repair that waits must go on waiting. */
    private Duration pause() {
        return waiting.contains(Trigger.DRIFT) ? reconciler.pauseBetweenRepairs() : Duration.ZERO;
    }

    private long wait(long due, Duration pause) {
        long left = Math.max(0, due - System.nanoTime());
        if (!pause.isZero()) {
            left = Math.min(left, pause.toNanos());
        }
        left = Math.min(left, heart.every().map(Duration::toNanos).orElse(left));
        return reconciler.onProbation() ? Math.min(left, PROBATION_CHECK.toNanos()) : left;
    }

    private Trigger takeMostUrgent(Duration pause) {
        var trigger = waiting.stream()
                .filter(t -> t != Trigger.DRIFT || pause.isZero())
                .findFirst()
                .orElseThrow();
        waiting.remove(trigger);
        return trigger;
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
