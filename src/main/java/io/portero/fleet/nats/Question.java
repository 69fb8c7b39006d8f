package io.portero.fleet.nats;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Requests one key of the store repeatedly.
 *
 * <p>Only one request runs at a time, and not more often than every {@link #LEAST}, however much news there is. If a
 * node of the store does not have the announced value yet, the request is repeated for a while; if the store does not
 * answer, it is repeated until it does.
 */
final class Question {
    private static final Duration LEAST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofSeconds(5);
    /** The limit for news that no node confirms; it may be forged. */
    private static final int MOST_TRIES = 6;

    private final Asking asking;
    private final Consumer<byte[]> offered;
    private boolean isAsking;
    private boolean again;
    private boolean ended;
    private long expected;

    /** The value in the store, and its sequence number. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(byte[] content, long sequence) {}

    interface Asking {
        Answer answer() throws IOException;
    }

    Question(Asking asking, Consumer<byte[]> offered) {
        this.asking = asking;
        this.offered = offered;
    }

    /** @param sequence the minimum sequence number of the answer, if news announced one */
    synchronized void ask(long sequence) {
        expected = Math.max(sequence, expected);
        if (isAsking) {
            again = true;
        } else if (!ended) {
            isAsking = true;
            Thread.ofVirtual().name("asks the store").start(this::run);
        }
    }

    synchronized void end() {
        ended = true;
    }

    private void run() {
        do {
            try {
                answer();
                Thread.sleep(LEAST);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) {
                // The listener reports it; the next request comes anyway.
            }
        } while (isToGoOn());
    }

    private synchronized boolean isToGoOn() {
        isAsking = again && !ended;
        again = false;
        return isAsking;
    }

    private void answer() throws InterruptedException {
        int behind = 0;
        for (int tries = 0; !hasEnded(); tries++) {
            var answer = asked();
            if (answer.isPresent() && isAsExpected(answer.get(), ++behind)) {
                offered.accept(answer.get().content());
                return;
            }
            var pause = LEAST.multipliedBy(1L << Math.min(tries, 6));
            Thread.sleep(pause.compareTo(MOST) < 0 ? pause : MOST);
        }
    }

    /**
     * Nothing if the store cannot be reached, or if a node has just died: the client then also throws undeclared
     * exceptions.
     */
    private Optional<Answer> asked() {
        try {
            return Optional.of(asking.answer());
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private synchronized boolean hasEnded() {
        return ended;
    }

    private synchronized boolean isAsExpected(Answer answer, int tries) {
        if (answer.sequence() < expected && tries < MOST_TRIES) {
            return false;
        }
        expected = answer.sequence();
        return true;
    }
}
