package io.portero.reconcile;

import io.portero.apply.StateDirectory;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes the status into the run directory whenever it changes, for commands that must work without the network. */
public final class StatusFile implements ReconcileListener {
    public static final String NAME = "status.json";

    private final StateDirectory directory;
    private final StatusJson json;
    private @Nullable Status written;

    public StatusFile(Path runDirectory, StatusJson json) {
        this.directory = new StateDirectory(runDirectory);
        this.json = json;
    }

    @Override
    public void on(Event event, Status now) {
        if (!now.equals(written)) {
            written = now;
            directory.write(NAME, json.of(now) + "\n");
        }
    }
}
