package io.portero.exec;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Remembers the process ids of our child processes for a minute: long enough for the kernel's messages about them to
 * arrive, and short enough that the ids are not reused.
 */
public final class StartedPids implements LongConsumer {
    private static final long REMEMBERED = Duration.ofMinutes(1).toNanos();
    private static final int MOST = 10_000;

    private final LongSupplier nanoTime;
    private final Deque<Started> started = new ArrayDeque<>();

    public StartedPids(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    private record Started(long pid, long at) {}

    @Override
    public synchronized void accept(long pid) {
        forgetOld();
        started.addLast(new Started(pid, nanoTime.getAsLong()));
    }

    public synchronized boolean contains(long pid) {
        forgetOld();
        return started.stream().anyMatch(s -> s.pid() == pid);
    }

    private void forgetOld() {
        long now = nanoTime.getAsLong();
        while (!started.isEmpty() && (now - started.getFirst().at() > REMEMBERED || started.size() > MOST)) {
            started.removeFirst();
        }
    }
}
