package io.portero.status;

import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Writes the status into the run directory after every event, for commands that must work without the network.
 *
 * <p>Only the executor's thread waits for the disk, never the loop's thread. If states follow each other faster than
 * they are written, only the last one is written.
 */
public final class StatusFile implements ReconcileListener {
    public static final String NAME = "status.json";

    private final StateDirectory directory;
    private final StatusComposer composer;
    private final Executor executor;
    private final AtomicReference<@Nullable Status> waiting = new AtomicReference<>();
    private volatile @Nullable Status last;

    /** @param executor runs one task after the other */
    public StatusFile(Path runDirectory, StatusComposer composer, Executor executor) {
        this.directory = new StateDirectory(runDirectory);
        this.composer = composer;
        this.executor = executor;
    }

    @Override
    public void on(Event event, Status now) {
        last = now;
        writeSoon(now);
    }

    /** To be called when the content has changed without an event. */
    public void refresh() {
        var status = last;
        if (status != null) {
            writeSoon(status);
        }
    }

    private void writeSoon(Status now) {
        if (waiting.getAndSet(now) == null) {
            executor.execute(this::write);
        }
    }

    private void write() {
        var status = waiting.getAndSet(null);
        if (status != null) {
            directory.write(NAME, StatusJson.compact(composer.of(status)) + "\n");
        }
    }
}
