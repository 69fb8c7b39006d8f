package io.portero.config;

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
 * Tells when a policy or a list that it names has become another, however that was done.
 *
 * <p>The directories of the files and of what they link to are watched, not the files: editors rename, configuration tools
 * swap links. An event only makes the watcher look; what counts is whether the file's identity, size or times differ, so
 * that neighbours in the directory cause nothing. It waits until the directory has been quiet for 100 ms, at most 2 s.
 * Where a directory cannot be watched, and for what inotify does not see, it looks every 2 s.
 */
public final class PolicyWatcher implements AutoCloseable {
    private static final Duration QUIET = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(2);
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(2);

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

    /** @param lists those that the policy names at present, as they were when they were read */
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

    /** What was read is news no more, and what was told of is not told of again. */
    private boolean areNew(Map<Path, String> read) {
        var told = read.equals(listsRead) ? listsSeen : read;
        var now = new HashMap<Path, String>();
        read.keySet().forEach(list -> now.put(list, FileIdentity.of(list)));
        listsRead = read;
        listsSeen = now;
        return !now.equals(told);
    }

    /** The directories may themselves be renamed, deleted or made anew, and a link may come to lead elsewhere. */
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
            // No such file at present; its own directory will tell when it comes.
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
                return null; // looked at every two seconds instead
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
