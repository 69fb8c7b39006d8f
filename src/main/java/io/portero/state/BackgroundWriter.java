package io.portero.state;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Writes on its own thread, one write after the other, so that a hanging disk blocks no other thread.
 *
 * <p>At most {@value #MOST_WAITING} writes wait; further ones are dropped and reported. At the end it writes everything
 * that waits, for {@link #LAST_WAIT} at most.
 */
public final class BackgroundWriter implements DiskWriter, AutoCloseable {
    private static final System.Logger LOG = System.getLogger("portero");
    static final int MOST_WAITING = 1000;
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private final Failures failures = new Failures();
    private final ThreadPoolExecutor executor;
    /** The write for which a thread waited in vain. */
    private volatile Future<?> overdue = CompletableFuture.completedFuture("");

    public BackgroundWriter() {
        this(MOST_WAITING);
    }

    BackgroundWriter(int mostWaiting) {
        executor = new ThreadPoolExecutor(
                1,
                1,
                0,
                TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(mostWaiting),
                Thread.ofPlatform().daemon().name("disk").factory());
    }

    @Override
    public Optional<String> later(Write write) {
        return leave(() -> write.get().ifPresent(failures::add));
    }

    private Optional<String> leave(Runnable task) {
        try {
            executor.execute(task);
            return Optional.empty();
        } catch (RejectedExecutionException e) {
            return Optional.of(
                    executor.isShutdown()
                            ? "the agent is stopping"
                            : "the disk is too slow: "
                                    + executor.getQueue().size() + " writes are waiting; check with dmesg"
                                    + " whether it hangs");
        }
    }

    @Override
    public Optional<String> settle(Duration atMost) {
        if (!overdue.isDone()) {
            return Optional.of("the disk has still not written the earlier data; check with dmesg whether it hangs");
        }
        var mark = new FutureTask<>(() -> {}, "");
        var refused = leave(mark);
        if (refused.isPresent()) {
            return refused;
        }
        try {
            mark.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
            return Optional.empty();
        } catch (TimeoutException e) {
            overdue = mark;
            return Optional.of("the disk has not written it within " + atMost.toSeconds()
                    + " s; check with dmesg whether it hangs");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("the agent is stopping");
        }
    }

    @Override
    public List<String> takeFailures() {
        return failures.take();
    }

    @Override
    public void close() {
        executor.shutdown();
        try {
            if (!executor.awaitTermination(LAST_WAIT.toSeconds(), TimeUnit.SECONDS)) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        (executor.getQueue().size() + 1) + " writes are lost, because the disk hangs (see dmesg)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
