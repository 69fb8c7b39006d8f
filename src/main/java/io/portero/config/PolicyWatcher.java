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
import java.util.Set;
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
    /** The identities of all files, as they were reported or read last. */
    private final Map<Path, String> seen = new HashMap<>();

    private Map<Path, String> listsRead = Map.of();
    private volatile boolean closed;

    /** @param lists the lists of the current policy, with their identities from the last read */
    public PolicyWatcher(Path file, Supplier<Map<Path, String>> lists, Runnable changed) throws IOException {
        this.file = file.toAbsolutePath();
        this.lists = lists;
        this.changed = changed;
        this.service = FileSystems.getDefault().newWatchService();
        seen.put(this.file, FileIdentity.of(this.file));
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

    private void look() throws InterruptedException {
        var news = whole(news());
        if (!news.isEmpty()) {
            seen.putAll(news);
            changed.run();
        }
    }

    /** The changes that are neither reported nor read yet, with the new identities. */
    private Map<Path, String> news() {
        var read = lists.get();
        if (!read.equals(listsRead)) {
            listsRead = read;
            seen.keySet().retainAll(Set.of(file));
            seen.putAll(read);
        }
        var news = new HashMap<Path, String>();
        seen.forEach((path, before) -> {
            var now = FileIdentity.of(path);
            if (!now.equals(before)) {
                news.put(path, now);
            }
        });
        return news;
    }

    /**
     * The changes once their files seem to be whole. After a file looked unfinished, also a state that ends with a whole
     * line may be only a part of it.
     */
    private Map<Path, String> whole(Map<Path, String> news) throws InterruptedException {
        if (news.keySet().stream().noneMatch(Unfinished::looksSo)) {
            return news;
        }
        long start = System.nanoTime();
        long since = start - QUIET.toNanos();
        long now = start;
        var current = news;
        while (now - since < Unfinished.PATIENCE.toNanos()
                && now - start < LONGEST_UNFINISHED.toNanos()
                && current.keySet().stream().anyMatch(Unfinished::wasWrittenLast)) {
            var key = service.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
            if (key != null) {
                drain(key);
            }
            now = System.nanoTime();
            var last = current;
            current = news();
            if (!current.equals(last)) {
                since = now;
            }
        }
        return current;
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
