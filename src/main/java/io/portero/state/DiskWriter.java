package io.portero.state;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Where the thread that enforces leaves what is to be written down, in the order in which it must come to be on disk.
 *
 * <p>What is written is on disk some time later, or never when the disk hangs or fails: whoever needs it there first waits with
 * {@link #settle}, for a bounded time.
 */
public interface DiskWriter {

    /** One write; the reason when it failed. */
    interface Write extends Supplier<Optional<String>> {}

    /** Leaves a write to be done; the reason when it will not be, since too many wait. */
    Optional<String> later(Write write);

    /**
     * Waits until everything that was left so far is done; the reason when it is not by then, and at once while what somebody
     * else waited for in vain is still not done.
     */
    Optional<String> settle(Duration atMost);

    /** Why writes have failed since this was last asked. */
    List<String> takeFailures();

    /** Does each write where it is left: for commands, which have nothing to keep going. */
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

    /** Failures that wait to be told, a bounded number. */
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
