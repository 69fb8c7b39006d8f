package io.portero.loop;

import io.portero.events.Trigger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The inbox of the loop for other threads: triggers and requests. Each kind of trigger waits only once, however often
 * it is left.
 *
 * <p>Once it is closed, requests are answered at once: the loop has no more turns.
 */
final class Inbox {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final EnumSet<Trigger> triggers = EnumSet.noneOf(Trigger.class);
    private final List<Request<?>> requests = new ArrayList<>();
    private boolean closed;

    void leave(Trigger trigger) {
        lock.lock();
        try {
            triggers.add(trigger);
            arrived.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void leave(Request<?> request) {
        lock.lock();
        try {
            if (closed) {
                request.stop();
            } else {
                requests.add(request);
                arrived.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    Set<Trigger> takeTriggers() {
        lock.lock();
        try {
            var taken = EnumSet.copyOf(triggers);
            triggers.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    List<Request<?>> takeRequests() {
        lock.lock();
        try {
            var taken = List.copyOf(requests);
            requests.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is something to take, or until the time is over. */
    void await(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (triggers.isEmpty() && requests.isEmpty() && left > 0) {
                left = arrived.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            requests.forEach(Request::stop);
            requests.clear();
        } finally {
            lock.unlock();
        }
    }
}
