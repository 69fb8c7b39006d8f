package io.portero.config;

import io.portero.files.Unfinished;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reports when a policy or one of its lists has changed, in whatever way.
 *
 * <p>It watches the directories of the files and of their link targets, not the files, because editors rename files and
 * configuration tools replace links. An event only starts a check: a change counts only if the file's identity, size or
 * times differ, so other files in the directory have no effect. It waits until the directory has been quiet for 100 ms,
 * at most 2 s. A file that looks unfinished, such as one that sftp writes over a slow line, must then be unchanged for 2
 * s. It also checks every 2 s, for directories that cannot be watched and for changes that inotify does not report.
 */
public final class PolicyWatcher implements AutoCloseable {
    private static final Duration QUIET = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(2);
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(2);
    private static final Duration LONGEST_UNFINISHED = Duration.ofMinutes(1);

    private final Path file;
    private final Supplier<Map<Path, String>> lists;
    private final Runnable changed;
    private final WatchService service;
    private final Map<Path, WatchKey> watched = new HashMap<>();
    private final Thread thread;
    private String seen;
    private Map<Path, String> listsRead = Map.of();
    private Map<Path, String> listsSeen = Map.of();
    private volatile boolean closed;

    /** @param lists the lists of the current policy, with their identities from the last read */
    public PolicyWatcher(Path file, Supplier<Map<Path, String>> lists, Runnable changed) throws IOException {
        this.file = file.toAbsolutePath();
        this.lists = lists;
        this.changed = changed;
        this.service = FileSystems.getDefault().newWatchService();
        this.seen = FileIdentity.of(this.file);
        this.thread = Thread.ofPlatform().daemon().name("policy-watcher").unstarted(this::run);
        watchDirectories();
    }

    public void start() {
        thread.start();
    }

    private void run() {
        try {
            while (!closed) {
                var key = service.poll(LOOK_ANYWAY.toMillis(), TimeUnit.MILLISECONDS);
                if (key != null) {
                    drain(key);
                    awaitQuiet();
                }
                watchDirectories();
                awaitFinished();
                look();
            }
        } catch (InterruptedException | java.nio.file.ClosedWatchServiceException e) {
            closed = true;
        }
    }

    private void awaitQuiet() throws InterruptedException {
        long end = System.nanoTime() + LONGEST.toNanos();
        @Nullable WatchKey key;
        while (System.nanoTime() < end && (key = service.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS)) != null) {
            drain(key);
        }
    }

    /** Once a file looked unfinished, also a state that ends with a whole line may be only a part of it. */
    private void awaitFinished() throws InterruptedException {
        var changed = changed();
        if (changed.keySet().stream().noneMatch(Unfinished::looksSo)) {
            return;
        }
        long start = System.nanoTime();
        long since = start - QUIET.toNanos();
        long now = start;
        while (!closed && now - since < Unfinished.PATIENCE.toNanos() && now - start < LONGEST_UNFINISHED.toNanos()) {
            var key = service.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
            if (key != null) {
                drain(key);
            }
            now = System.nanoTime();
            var last = changed;
            changed = changed();
            if (changed.keySet().stream().noneMatch(Unfinished::wasWrittenLast)) {
                return;
            }
            if (!changed.equals(last)) {
                since = now;
            }
        }
    }

    /** The files whose change has not been reported, with their identities. */
    private Map<Path, String> changed() {
        var read = lists.get();
        var told = told(read);
        var changed = new HashMap<Path, String>();
        told.forEach((list, before) -> addIfChanged(changed, list, before));
        addIfChanged(changed, file, seen);
        return changed;
    }

    private static void addIfChanged(Map<Path, String> changed, Path path, String before) {
        var now = FileIdentity.of(path);
        if (!now.equals(before)) {
            changed.put(path, now);
        }
    }

    private Map<Path, String> told(Map<Path, String> read) {
        return read.equals(listsRead) ? listsSeen : read;
    }

    private static void drain(WatchKey key) {
        key.pollEvents();
        key.reset();
    }

    private void look() {
        boolean news = isNew(FileIdentity.of(file));
        if (areNew(lists.get()) || news) {
            changed.run();
        }
    }

    private boolean isNew(String identity) {
        boolean news = !identity.equals(seen);
        seen = identity;
        return news;
    }

    /**
     * Compares with the identities from the last read, or with those already reported, so that nothing is reported
     * twice.
     */
    private boolean areNew(Map<Path, String> read) {
        var told = told(read);
        var now = new HashMap<Path, String>();
        read.keySet().forEach(list -> now.put(list, FileIdentity.of(list)));
        listsRead = read;
        listsSeen = now;
        return !now.equals(told);
    }

    /**
     * Repeated at each check, because the directories may be renamed, deleted or created again, and links may change.
     */
    private void watchDirectories() {
        watched.values().removeIf(key -> !key.isValid());
        watchDirectoriesOf(file);
        listsRead.keySet().forEach(this::watchDirectoriesOf);
    }

    private void watchDirectoriesOf(Path path) {
        watch(path.getParent());
        try {
            watch(path.toRealPath().getParent());
        } catch (IOException e) {
            // The file does not exist now; an event in its directory will report a new file.
        }
    }

    private void watch(@Nullable Path directory) {
        if (directory == null) {
            return;
        }
        watched.computeIfAbsent(directory, d -> {
            try {
                return d.register(
                        service,
                        StandardWatchEventKinds.ENTRY_CREATE,
                        StandardWatchEventKinds.ENTRY_MODIFY,
                        StandardWatchEventKinds.ENTRY_DELETE);
            } catch (IOException e) {
                return null; // the check every two seconds covers it
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        try {
            service.close();
        } catch (IOException e) {
            thread.interrupt();
        }
    }
}
