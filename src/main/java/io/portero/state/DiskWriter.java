package io.portero.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * The queue of writes of the loop's thread, in the order in which they must reach the disk.
 *
 * <p>A write reaches the disk some time later, or never if the disk hangs or fails. A caller that needs it on disk
 * waits with {@link #settle}, for a bounded time.
 */
public interface DiskWriter {

    /** One write; the reason when it failed. */
    interface Write extends Supplier<Optional<String>> {}

    /** Queues a write; returns the reason if too many wait. */
    Optional<String> later(Write write);

    /**
     * Waits until all queued writes are done; returns the reason if they are not done in time, and at once while an
     * earlier such write still hangs.
     */
    Optional<String> settle(Duration atMost);

    /** The reasons of failed writes since the last call. */
    List<String> takeFailures();

    /** Does each write at once: for commands, which may wait. */
    static DiskWriter atOnce() {
        var failures = new Failures();
        return new DiskWriter() {
            @Override
            public Optional<String> later(Write write) {
                write.get().ifPresent(failures::add);
                return Optional.empty();
            }

            @Override
            public Optional<String> settle(Duration atMost) {
                return Optional.empty();
            }

            @Override
            public List<String> takeFailures() {
                return failures.take();
            }
        };
    }

    /** Failures that wait to be reported, a bounded number. */
    final class Failures {
        private static final int MOST = 20;
        private final ConcurrentLinkedQueue<String> waiting = new ConcurrentLinkedQueue<>();

        void add(String why) {
            if (waiting.size() < MOST) {
                waiting.add(why);
            }
        }

        List<String> take() {
            var taken = new ArrayList<String>();
            for (var why = waiting.poll(); why != null; why = waiting.poll()) {
                taken.add(why);
            }
            return taken;
        }
    }
}
