package io.portero.loop;

import io.portero.events.Trigger;
import io.portero.reconcile.PassResult;
import io.portero.reconcile.Reconciler;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The one thread that changes the firewall.
 *
 * <p>Any thread may leave triggers. One pass serves all waiting triggers of a kind; {@link Schedule} says which kind
 * comes next. A failed pass is retried. An exception in a pass or a request is a bug, but does not end the loop. An
 * Error, or an exception elsewhere, does end it: the state is then unknown, so the whole process must end and start
 * again. The rules stay in force.
 */
public final class ReconcileLoop implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ReconcileLoop.class.getName());
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final Reconciler reconciler;
    private final Heartbeat heart;
    private final Consumer<Throwable> died;
    private final Inbox inbox = new Inbox();
    private final Schedule schedule = new Schedule(System::nanoTime);
    private final CountDownLatch firstPass = new CountDownLatch(1);
    private final Turn turn = new Turn() {
        @Override
        public Reconciler reconciler() {
            return reconciler;
        }

        @Override
        public PassResult pass(Trigger trigger) {
            return ReconcileLoop.this.pass(trigger);
        }
    };

    private final Thread thread;
    private volatile boolean stopping;

    /** @param died called with the reason if the loop ends unexpectedly; ends the process */
    public ReconcileLoop(Reconciler reconciler, Heartbeat heart, Consumer<Throwable> died) {
        this.reconciler = reconciler;
        this.heart = heart;
        this.died = died;
        this.thread = Thread.ofPlatform().name("reconcile").unstarted(this::run);
    }

    /** Starts the loop; its first pass needs no trigger. */
    public void start() {
        thread.start();
    }

    public void trigger(Trigger trigger) {
        inbox.leave(trigger);
    }

    /**
     * Runs work on the loop's thread, between two passes and after the first, and waits for the result.
     *
     * <p>The work must not block, because nothing is repaired meanwhile. To be called on another thread.
     *
     * @throws IllegalStateException if the work threw an exception
     */
    public <T> Reply<T> ask(Function<Turn, T> work, Duration patience) throws InterruptedException {
        var request = new Request<>(work);
        inbox.leave(request);
        return request.await(patience);
    }

    /** Waits until the first pass has ended, with or without success. */
    public void awaitFirstPass() throws InterruptedException {
        firstPass.await();
    }

    /**
     * Catches everything: if this thread ended silently, nothing would maintain the firewall while everything else
     * reports that all is well.
     */
    private void run() {
        try {
            while (!stopping) {
                goOn();
            }
        } catch (Throwable e) {
            died.accept(e);
        } finally {
            inbox.close();
        }
    }

    private void goOn() {
        heart.beat();
        reconciler.tellFailures();
        schedule.arrived(inbox.takeTriggers());
        schedule.arrived(reconciler.noticed());
        var next = schedule.next(reconciler.onProbation(), reconciler.pauseBetweenRepairs());
        if (next.isPresent()) {
            pass(next.get());
            firstPass.countDown();
        }
        serveRequests();
        if (next.isEmpty()) {
            rest();
        }
    }

    private void serveRequests() {
        var requests = inbox.takeRequests();
        try {
            requests.forEach(request -> request.run(turn));
        } finally {
            requests.forEach(Request::stop); // requests that an Error left unanswered
        }
    }

    private void rest() {
        try {
            inbox.await(idle());
        } catch (InterruptedException e) {
            // The interrupt ends the wait; the caller checks whether to stop.
        }
    }

    private Duration idle() {
        var idle = reconciler.untilExpiry(schedule.idle(reconciler.onProbation(), reconciler.pauseBetweenRepairs()));
        return heart.every().filter(every -> every.compareTo(idle) < 0).orElse(idle);
    }

    private PassResult pass(Trigger trigger) {
        long start = System.nanoTime();
        var result = guarded(trigger);
        var interval = reconciler.status().file().settings().reconcileInterval();
        schedule.ended(trigger, result, interval, Duration.ofNanos(System.nanoTime() - start));
        return result;
    }

    private PassResult guarded(Trigger trigger) {
        try {
            return reconciler.pass(trigger);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a pass failed because of a bug; the rules stay as they are", e);
            return PassResult.FAILED;
        }
    }

    /** Lets the current pass end; the rules stay in force. */
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
