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
 * <p>The running agent reads the file once and then alone writes it. A command has a share of it only while no agent runs, under a
 * lock. Guests whose time is over stay in it until somebody has told of their end.
 */
public final class GuestMemory {
    private static final String FILE = "guests";
    private static final String LOCK = FILE + ".lock";
    private static final long LARGEST = 16L << 20;

    private final StateDirectory state;
    private final DiskWriter writer;
    /** What is to be on disk; nothing before it was read. */
    private final AtomicReference<@Nullable GuestList> kept = new AtomicReference<>();

    private volatile boolean unwritten;

    /** @param state is written to by the writer alone */
    public GuestMemory(StateDirectory state, DiskWriter writer) {
        this.state = state;
        this.writer = writer;
    }

    /** Those whose time is over included. */
    public GuestList read() {
        return kept.updateAndGet(k -> k == null
                ? state.readAnyway(FILE, LARGEST).map(GuestText::parse).orElse(GuestList.EMPTY)
                : k);
    }

    /** Makes this what is remembered, and leaves it to be written down; what was not written before is tried again. */
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

    /** Does something while no other command has the file; nothing when another one had it for too long. */
    static <T> Optional<T> locked(StateDirectory state, Duration patience, Supplier<T> work) {
        var result = new AtomicReference<@Nullable T>();
        try {
            OneAtATime.in(state.path(LOCK), patience, () -> result.set(work.get()));
        } catch (IOException e) {
            var done = result.get();
            return Optional.of(done == null ? work.get() : done); // a full disk is no reason to let nobody in
        }
        return Optional.ofNullable(result.get());
    }
}
