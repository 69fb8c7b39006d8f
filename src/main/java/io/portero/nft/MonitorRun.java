package io.portero.nft;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** One run of {@code nft monitor}, from its start until it has ended or is useless, with the reason. */
final class MonitorRun {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean ended;
    /** Why it is useless, although it may still run. */
    private Optional<String> useless = Optional.empty();

    private volatile String lastWords = "";
    /** Whether it must be restarted for a normal reason, not for a fault. */
    private volatile boolean inOrder;
    /** Whether a signal killed it, which other code reports. */
    private volatile boolean crashed;

    void says(String words) {
        lastWords = words;
    }

    void giveUp(String why, boolean isInOrder) {
        lock.lock();
        try {
            inOrder |= isInOrder;
            useless = Optional.of(why);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void crashed() {
        crashed = true;
    }

    /** Causes the patience to be read again. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it has ended, at most for that time. */
    void awaitEnd(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (left > 0 && !ended) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it has ended or the patience is over. */
    void awaitEnd(Supplier<Optional<Duration>> patience) throws InterruptedException {
        lock.lock();
        try {
            while (!ended && useless.isEmpty()) {
                var left = patience.get();
                if (left.isEmpty()) {
                    changed.await();
                } else if (left.get().isPositive()) {
                    changed.awaitNanos(left.get().toNanos());
                } else {
                    useless = Optional.of("it reports no changes");
                }
            }
        } finally {
            lock.unlock();
        }
    }

    boolean hasEnded() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    boolean isInOrder() {
        return inOrder;
    }

    boolean isCrashed() {
        return crashed;
    }

    String why() {
        lock.lock();
        try {
            return useless.orElse("it ended" + (lastWords.isEmpty() ? "" : " (" + lastWords + ")"));
        } finally {
            lock.unlock();
        }
    }
}
