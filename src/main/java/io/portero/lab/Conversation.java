package io.portero.lab;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A conversation that a place of a lab holds; records when it stops and when it continues. */
public final class Conversation implements Outpost.Activity {
    private final LinkedBlockingQueue<Change> changes = new LinkedBlockingQueue<>();
    private Outpost.@Nullable Activity activity;

    Conversation() {}

    /**
     * One event.
     *
     * @param nanos by {@link System#nanoTime}, which on Linux all processes share
     */
    private record Change(boolean up, long nanos) {}

    void hear(String event) {
        var words = event.split(" ", -1);
        changes.add(new Change(words[0].equals("up"), Long.parseLong(words[1])));
    }

    Conversation as(Outpost.Activity started) {
        activity = started;
        return this;
    }

    /** When the first answer after a silence came; nothing if none comes in time. */
    public OptionalLong awaitUp(Duration patience) throws InterruptedException {
        return await(true, patience);
    }

    /** When the last answer before a silence came; nothing if there was no silence in that time. */
    public OptionalLong awaitDown(Duration patience) throws InterruptedException {
        return await(false, patience);
    }

    /** Whether it is still running. Pauses that have ended do not count: a busy machine causes them too. */
    public boolean lasted(Duration patience) throws InterruptedException {
        boolean paused = false;
        @Nullable Change change;
        while ((change = changes.poll()) != null) {
            paused = !change.up();
        }
        return !paused || awaitUp(patience).isPresent();
    }

    private OptionalLong await(boolean up, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (true) {
            var change = changes.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (change == null) {
                return OptionalLong.empty();
            }
            if (change.up() == up) {
                return OptionalLong.of(change.nanos());
            }
        }
    }

    @Override
    public CompletableFuture<String> stop() {
        var started = activity;
        return started == null ? CompletableFuture.completedFuture("never started") : started.stop();
    }
}
