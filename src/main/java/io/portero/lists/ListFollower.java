package io.portero.lists;

import io.portero.policy.Reference.UrlList;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Fetches every list when it is due, a few at a time, and reports news.
 *
 * <p>Without lists it has no thread. While this host has no route to the network, as early in a boot, it waits and
 * counts no failure.
 */
public final class ListFollower implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ListFollower.class.getName());
    private static final Duration LOOK_ANYWAY = Duration.ofMinutes(1);
    private static final Duration NETWORK_LOOK = Duration.ofSeconds(1);
    /** Each of them may hold a whole list in memory. */
    private static final int AT_ONCE = 2;

    private final UrlLists lists;
    private final Fetcher fetcher;
    private final BooleanSupplier networkUp;
    private final Semaphore permits = new Semaphore(AT_ONCE);
    private volatile Runnable told = () -> {};
    private @Nullable Thread thread;
    private volatile boolean closed;

    /** @param networkUp whether this host has a route to the network */
    public ListFollower(UrlLists lists, HttpsFetcher fetcher, BooleanSupplier networkUp) {
        this(lists, (Fetcher) fetcher, networkUp);
    }

    ListFollower(UrlLists lists, Fetcher fetcher, BooleanSupplier networkUp) {
        this.lists = lists;
        this.fetcher = fetcher;
        this.networkUp = networkUp;
    }

    /** @param news called on any thread when there is news for the loop */
    public void start(Runnable news) {
        told = news;
        lists.whenWanted(this::run);
    }

    private synchronized void run() {
        if (!closed && thread == null) {
            thread = Thread.ofVirtual().name("lists").start(this::follow);
        }
    }

    private void follow() {
        try {
            while (goesOn()) {
                if (networkUp.getAsBoolean()) {
                    lists.takeDue().forEach(this::begin);
                    lists.awaitDue(LOOK_ANYWAY);
                } else {
                    lists.awaitDue(NETWORK_LOOK);
                    Thread.sleep(NETWORK_LOOK);
                }
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** The thread ends when there are no lists any more; a later list starts a new thread. */
    private synchronized boolean goesOn() {
        if (closed || !lists.anyWanted()) {
            thread = null;
            return false;
        }
        return true;
    }

    private void begin(UrlList list, Validators known) {
        Thread.ofVirtual().name("list").start(() -> {
            try {
                permits.acquire();
                try {
                    fetch(list, known);
                } finally {
                    permits.release();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void fetch(UrlList list, Validators known) {
        if (lists.learn(list, fetched(list, known)) && !closed) {
            told.run();
        }
    }

    /** Any exception of a fetcher counts as a failed fetch and never ends this thread. */
    private Fetched fetched(UrlList list, Validators known) {
        try {
            return fetcher.fetch(list, known);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "fetching " + list + " failed because of a bug", e);
            return Fetched.Failed.because("fetching it failed because of a bug: " + e);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        var running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
