package io.portero.lists;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The end of a transfer: closes its sockets when time is up, whatever they are doing.
 *
 * <p>A time limit on each read would let a server send a byte now and then for ever.
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
            // It was in time.
        }
    }

    private synchronized void expire() {
        passed = true;
        sockets.forEach(Deadline::close);
    }

    /** From now on this socket is closed with the others. */
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
            // It is as closed as it gets.
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
