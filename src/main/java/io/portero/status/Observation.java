package io.portero.status;

import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.policy.Mode;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * Remembers in the run directory since when mode observe has been on. Like the kernel's counts, this survives restarts
 * of the agent, but not a reboot.
 */
public final class Observation implements ReconcileListener {
    private static final String NAME = "observing";

    private final StateDirectory directory;
    private final Clock clock;
    private final Executor executor;
    private Optional<Mode> last = Optional.empty();

    /** @param executor runs one task after the other, so that the loop's thread never waits for the disk */
    public Observation(Path runDirectory, Clock clock, Executor executor) {
        this.directory = new StateDirectory(runDirectory);
        this.clock = clock;
        this.executor = executor;
    }

    @Override
    public void on(Event event, Status now) {
        var mode = now.policy().map(p -> p.policy().mode());
        if (mode.isEmpty() || mode.equals(last)) {
            return;
        }
        last = mode;
        switch (mode.get()) {
            case OBSERVE -> executor.execute(() -> begin(clock.instant()));
            case ENFORCE -> executor.execute(() -> directory.delete(NAME));
        }
    }

    private void begin(Instant at) {
        if (since(directory).isEmpty()) {
            directory.write(NAME, at + "\n");
        }
    }

    /** When it began; nothing in mode enforce, and if unknown. */
    public static Optional<Instant> since(Path runDirectory) {
        return since(new StateDirectory(runDirectory));
    }

    private static Optional<Instant> since(StateDirectory directory) {
        try {
            return directory.read(NAME).map(text -> Instant.parse(text.strip()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
