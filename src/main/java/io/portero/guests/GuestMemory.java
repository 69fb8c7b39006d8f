package io.portero.guests;

import io.portero.state.DiskWriter;
import io.portero.state.OneAtATime;
import io.portero.state.StateDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the guests, in the file {@code guests} of the state directory.
 *
 * <p>The running agent reads the file once, and then only the agent writes it. While no agent runs, commands use the
 * file under a lock. Guests whose time is over stay in the file until their end was reported.
 */
public final class GuestMemory {
    private static final String FILE = "guests";
    private static final String LOCK = FILE + ".lock";
    private static final long LARGEST = 16L << 20;

    private final StateDirectory state;
    private final DiskWriter writer;
    /** The content that should be on disk; null before the file was read. */
    private final AtomicReference<@Nullable GuestList> kept = new AtomicReference<>();

    private volatile boolean unwritten;

    /** @param state only the writer writes to it */
    public GuestMemory(StateDirectory state, DiskWriter writer) {
        this.state = state;
        this.writer = writer;
    }

    /** Includes guests whose time is over. */
    public GuestList read() {
        return kept.updateAndGet(k -> k == null
                ? state.readAnyway(FILE, LARGEST).map(GuestText::parse).orElse(GuestList.EMPTY)
                : k);
    }

    /** Remembers these guests and leaves the write to the writer; retries a write that failed before. */
    void keep(GuestList next) {
        var before = kept.getAndSet(next);
        if (unwritten || !next.equals(before)) {
            unwritten = writer.later(this::write).isPresent();
        }
    }

    private Optional<String> write() {
        var latest = kept.get();
        var failed = latest == null ? Optional.<String>empty() : state.write(FILE, GuestText.of(latest));
        unwritten = failed.isPresent();
        return failed;
    }

    /** Runs the work while no other command uses the file; empty if another command used it for too long. */
    static <T> Optional<T> locked(StateDirectory state, Duration patience, Supplier<T> work) {
        var result = new AtomicReference<@Nullable T>();
        try {
            OneAtATime.in(state.path(LOCK), patience, () -> result.set(work.get()));
        } catch (IOException e) {
            var done = result.get();
            return Optional.of(done == null ? work.get() : done); // a full disk must not keep guests out
        }
        return Optional.ofNullable(result.get());
    }
}
