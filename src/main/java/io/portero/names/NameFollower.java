package io.portero.names;

import io.portero.policy.Reference.HostName;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** Resolves every name when it is due, many at once, and reports news. */
public final class NameFollower implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NameFollower.class.getName());
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(30);
    private static final int AT_ONCE = 32;

    private final NameCache cache;
    private final Resolver resolver;
    private final ExecutorService asking = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("resolve-", 0).factory());
    private final Semaphore permits = new Semaphore(AT_ONCE);
    private final Thread thread;
    private volatile Runnable told = () -> {};

    public NameFollower(NameCache cache, Resolver resolver) {
        this.cache = cache;
        this.resolver = resolver;
        this.thread = Thread.ofPlatform().daemon().name("names").unstarted(this::run);
    }

    /** @param news called on any thread when the cache has news */
    public void start(Runnable news) {
        told = news;
        thread.start();
    }

    private void run() {
        try {
            while (!asking.isShutdown()) {
                for (var name : cache.takeDue()) {
                    asking.execute(() -> ask(name));
                }
                cache.awaitDue(LOOK_ANYWAY);
            }
        } catch (InterruptedException | java.util.concurrent.RejectedExecutionException e) {
            // closed
        }
    }

    private void ask(HostName name) {
        try {
            permits.acquire();
            try {
                if (cache.learn(name, answer(name))) {
                    told.run();
                }
            } finally {
                permits.release();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Any exception of a resolver counts as a failed query and never ends this thread. */
    private Answer answer(HostName name) {
        try {
            return resolver.resolve(name);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the lookup of " + name + " failed because of a bug", e);
            return Answer.failed("the lookup failed because of a bug: " + e);
        }
    }

    @Override
    public void close() {
        asking.shutdownNow();
        thread.interrupt();
    }
}
