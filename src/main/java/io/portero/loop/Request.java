package io.portero.loop;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/** Work that one thread hands to the loop's thread and waits for. It runs once or never. */
final class Request<T> {
    private enum State {
        WAITING,
        BEGUN,
        WITHDRAWN
    }

    private final Function<Turn, T> work;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final CompletableFuture<Reply<T>> reply = new CompletableFuture<>();

    Request(Function<Turn, T> work) {
        this.work = work;
    }

    /**
     * To be called on the loop's thread. An exception of the work is thrown in the waiting thread; an Error is also
     * thrown here.
     */
    void run(Turn turn) {
        if (!state.compareAndSet(State.WAITING, State.BEGUN)) {
            return;
        }
        try {
            reply.complete(new Reply.Done<>(work.apply(turn)));
        } catch (RuntimeException e) {
            reply.completeExceptionally(e);
        } catch (Error e) {
            reply.completeExceptionally(e);
            throw e;
        }
    }

    void stop() {
        reply.complete(new Reply.Stopping<>());
    }

    Reply<T> await(Duration atMost) throws InterruptedException {
        try {
            return reply.get(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            return new Reply.Late<>(!state.compareAndSet(State.WAITING, State.WITHDRAWN));
        } catch (ExecutionException e) {
            throw new IllegalStateException("a request failed because of a bug", e.getCause());
        } catch (InterruptedException e) {
            state.compareAndSet(State.WAITING, State.WITHDRAWN);
            throw e;
        }
    }
}
