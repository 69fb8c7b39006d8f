package io.portero.nft;

import io.portero.compile.Ruleset;
import io.portero.exec.Child;
import io.portero.exec.Signal;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Keeps one {@code nft monitor} running.
 *
 * <p>It restarts the monitor when it ends or is useless: first at once, then after increasing waits.
 */
final class MonitorSupervisor implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("portero");
    /** From its start to its subscription nft takes a few milliseconds; longer on a busy host or with a large ruleset. */
    private static final Duration LONGEST_START = Duration.ofSeconds(10);
    /** Used if the kernel does not show whether it has subscribed. */
    private static final Duration SETTLING = Duration.ofMillis(200);

    private static final Duration LOOK_EVERY = Duration.ofMillis(5);

    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);
    /** A monitor that ran for this time may be replaced at once. */
    private static final Duration LEAST = Duration.ofSeconds(1);
    /** A monitor that ran for this time did not fail at its start. */
    private static final Duration HEALTHY = Duration.ofSeconds(30);

    private final NftProgram program;
    private final NftHealth health;
    private final LongSupplier nanoTime;
    private final Listener listener;

    private final Thread thread =
            Thread.ofPlatform().daemon().name("nft monitor").unstarted(this::supervise);
    private volatile MonitorRun run = new MonitorRun();
    private volatile boolean closed;
    private volatile boolean listening;
    private final AtomicLong restarts = new AtomicLong();

    MonitorSupervisor(NftProgram program, NftHealth health, LongSupplier nanoTime, Listener listener) {
        this.program = program;
        this.health = health;
        this.nanoTime = nanoTime;
        this.listener = listener;
    }

    /** Receives the lines of the monitor. It must not wait for the supervisor. */
    interface Listener {
        /** A monitor was started that has not subscribed yet; the returned consumer gets its lines. */
        Consumer<String> starts();

        /**
         * It has subscribed.
         *
         * @param nft the program
         * @param more further input that it needs after each command
         */
        void listens(String nft, String more);

        /** How long it may be silent; nothing while no report is due. */
        Optional<Duration> patience();
    }

    void start() {
        program.whenChanged(() -> replace("another nft was configured"));
        thread.start();
    }

    /** Whether changes are received as they happen. */
    boolean isListening() {
        return listening;
    }

    /** How often it was restarted because of a fault. */
    long restarts() {
        return restarts.get();
    }

    /** A line that is no report; it tells why the monitor ends. */
    void says(String words) {
        run.says(words);
    }

    /** Restarts it because of a fault. */
    void giveUp(String why) {
        run.giveUp(why, false);
    }

    /** Restarts it without a fault. */
    void replace(String why) {
        run.giveUp(why, true);
    }

    /** The patience of the listener may have changed. */
    void wake() {
        run.wake();
    }

    private void supervise() {
        var wait = FIRST_WAIT;
        try {
            while (!closed) {
                long start = nanoTime.getAsLong();
                listen();
                if (closed) {
                    return;
                }
                boolean expected = run.isInOrder();
                long lived = nanoTime.getAsLong() - start;
                if (expected || lived > HEALTHY.toNanos()) {
                    wait = FIRST_WAIT;
                }
                if (expected && lived > LEAST.toNanos()) {
                    continue; // changes in the meantime are missed
                }
                restarts.addAndGet(expected ? 0 : 1);
                LOG.log(
                        expected || run.isCrashed() ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                        program.get() + " monitor is started again in " + wait.toMillis() + " ms"
                                + " (" + run.why() + "); until then only the periodic check finds changes by"
                                + " other programs");
                Thread.sleep(wait);
                wait = wait.multipliedBy(2).compareTo(LONGEST_WAIT) < 0 ? wait.multipliedBy(2) : LONGEST_WAIT;
            }
        } catch (InterruptedException e) {
            // The supervisor is stopping.
        }
    }

    /** Starts it and waits until it is useless. */
    private void listen() throws InterruptedException {
        var thisRun = new MonitorRun();
        run = thisRun;
        var lines = listener.starts();
        var more = health.mustReadOwnTableOnly() ? "; list table " + Ruleset.TABLE : "";
        var nft = program.get();
        try (var child = Child.listenedTo(List.of(nft, "monitor" + more), lines, thisRun::end)) {
            awaitSubscription(child, thisRun);
            listening = child.isAlive();
            if (listening) {
                listener.listens(nft, more);
                thisRun.awaitEnd(listener::patience);
            }
            listening = false;
            noteDeath(nft, child, thisRun);
        } catch (IOException e) {
            thisRun.says(String.valueOf(e.getMessage()));
        } finally {
            listening = false;
        }
    }

    private void awaitSubscription(Child child, MonitorRun thisRun) throws InterruptedException {
        long start = nanoTime.getAsLong();
        var heard = NetlinkListening.CHANGES.by(child.pid());
        while (heard.filter(there -> !there).isPresent()
                && !thisRun.hasEnded()
                && nanoTime.getAsLong() - start < LONGEST_START.toNanos()) {
            thisRun.awaitEnd(LOOK_EVERY);
            heard = NetlinkListening.CHANGES.by(child.pid());
        }
        if (heard.isEmpty()) {
            thisRun.awaitEnd(SETTLING);
        }
    }

    /** A crash of nft is counted and reported with its remedy; the output ends a moment before the process. */
    private void noteDeath(String nft, Child child, MonitorRun thisRun) throws InterruptedException {
        var signal = child.await(thisRun.hasEnded() ? GRACE : Duration.ZERO)
                ? Signal.of(child.await()).filter(Signal::isFault)
                : Optional.<Signal>empty();
        if (signal.isPresent()) {
            thisRun.crashed();
            health.died(nft, signal.get());
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(3));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
