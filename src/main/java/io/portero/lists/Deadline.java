package io.portero.lists;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The deadline of a transfer: closes its sockets when the time is over, whatever they are doing.
 *
 * <p>A limit on each read alone would let a server send single bytes for ever.
 */
final class Deadline implements AutoCloseable {
    private final Duration limit;
    private final long end;
    private final Thread alarm;
    private final List<Socket> sockets = new ArrayList<>();
    private boolean passed;

    private Deadline(Duration limit) {
        this.limit = limit;
        this.end = System.nanoTime() + limit.toNanos();
        this.alarm = Thread.ofVirtual().name("list deadline").unstarted(this::await);
    }

    static Deadline in(Duration limit) {
        var deadline = new Deadline(limit);
        deadline.alarm.start();
        return deadline;
    }

    private void await() {
        try {
            Thread.sleep(left());
            expire();
        } catch (InterruptedException e) {
            // The transfer ended in time.
        }
    }

    private synchronized void expire() {
        passed = true;
        sockets.forEach(Deadline::close);
    }

    /** Adds a socket to those that the deadline closes. */
    synchronized void watch(Socket socket) {
        sockets.add(socket);
        if (passed) {
            close(socket);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing more can be done to close it.
        }
    }

    Duration left() {
        return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
    }

    synchronized boolean hasPassed() {
        return passed || left().isZero();
    }

    String sentence() {
        return "it was not complete within " + limit.toSeconds() + " s";
    }

    @Override
    public void close() {
        alarm.interrupt();
        expire();
    }
}
