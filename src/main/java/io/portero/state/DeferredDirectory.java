package io.portero.state;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The state directory for the loop's thread: writes and deletions reach the disk later, in order, and reads see them at
 * once.
 */
final class DeferredDirectory extends StateDirectory {
    private final DiskWriter writer;
    private final Map<String, Change> pending = new ConcurrentHashMap<>();

    DeferredDirectory(Path directory, DiskWriter writer) {
        super(directory);
        this.writer = writer;
    }

    /** A class, not a record, because two changes with equal content must differ. */
    private static final class Change {
        private final Optional<String> content;

        private Change(Optional<String> content) {
            this.content = content;
        }
    }

    @Override
    public Optional<String> write(String name, String content) {
        return change(name, new Change(Optional.of(content)), () -> super.write(name, content));
    }

    @Override
    public void delete(String name) {
        change(name, new Change(Optional.empty()), () -> {
            super.delete(name);
            return Optional.empty();
        });
    }

    private Optional<String> change(String name, Change change, DiskWriter.Write write) {
        pending.put(name, change);
        var refused = writer.later(() -> {
            try {
                return write.get();
            } finally {
                pending.remove(name, change);
            }
        });
        if (refused.isPresent()) {
            pending.remove(name, change);
        }
        return refused.map(why -> "writing " + path(name) + " failed: " + why);
    }

    @Override
    public Optional<String> read(String name) {
        var change = pending.get(name);
        return change == null ? super.read(name) : change.content;
    }

    @Override
    public Optional<String> settle(Duration atMost) {
        return writer.settle(atMost).map(why -> "writing into " + path("") + " failed: " + why);
    }
}
