package io.portero.fleet.nats;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the last report of a host until the store confirms it.
 *
 * <p>A store that has just returned may not have elected a leader yet, and loses what it receives until then. Only the
 * last report counts: a newer one replaces a report that is not confirmed yet.
 */
final class Sending {
    private static final long SOONEST_MILLIS = 500;
    private static final long LATEST_MILLIS = 30_000;

    private final Port port;
    private @Nullable String latest;
    private boolean isSending;
    private boolean isAwake;
    private boolean ended;

    /** Sends a report. */
    @FunctionalInterface
    interface Port {
        /** @throws IOException if the store did not confirm it */
        void send(String report) throws IOException;
    }

    Sending(Port port) {
        this.port = port;
    }

    /** Ends a pause too: a host sends a report when the store is back. */
    synchronized void send(String report) {
        if (ended) {
            return;
        }
        latest = report;
        wake();
        if (!isSending) {
            isSending = true;
            Thread.ofVirtual().name("reports to the store").start(this::run);
        }
    }

    synchronized void end() {
        ended = true;
        latest = null;
        wake();
    }

    private synchronized void wake() {
        isAwake = true;
        notifyAll();
    }

    private void run() {
        int tries = 0;
        for (var report = next(); report != null; report = next()) {
            try {
                port.send(report);
                tries = 0;
            } catch (IOException | RuntimeException e) { // the client throws both if a connection ends meanwhile
                keep(report, Math.min(LATEST_MILLIS, SOONEST_MILLIS << Math.min(tries++, 10)));
            }
        }
    }

    private synchronized @Nullable String next() {
        var report = latest;
        latest = null;
        isSending = report != null;
        return report;
    }

    /** Keeps it for the next try, unless there is a newer one, and waits; the wait differs between hosts. */
    private synchronized void keep(String report, long aboutMillis) {
        if (latest != null || ended) {
            return;
        }
        latest = report;
        isAwake = false;
        long end = System.nanoTime() + Connecting.about(aboutMillis).toNanos();
        try {
            for (long left = 1; left > 0 && !isAwake; left = NANOSECONDS.toMillis(end - System.nanoTime())) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended = true;
            latest = null;
        }
    }
}
