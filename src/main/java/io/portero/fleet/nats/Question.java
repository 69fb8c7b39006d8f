package io.portero.fleet.nats;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One key of the store, for which a host asks again and again.
 *
 * <p>Never twice at a time, and not faster than {@link #LEAST}, however many news there are. A node of the store that has not yet
 * heard what the news told of is asked again for a while, and a store that does not answer until it does.
 */
final class Question {
    private static final Duration LEAST = Duration.ofMillis(100);
    private static final Duration MOST = Duration.ofSeconds(5);
    /** For news that no node has heard of; they may be forged. */
    private static final int MOST_TRIES = 6;

    private final Asking asking;
    private final Consumer<byte[]> offered;
    private boolean isAsking;
    private boolean again;
    private boolean ended;
    private long expected;

    /** What the store says of it, and where that stands. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Answer(byte[] content, long sequence) {}

    interface Asking {
        Answer answer() throws IOException;
    }

    Question(Asking asking, Consumer<byte[]> offered) {
        this.asking = asking;
        this.offered = offered;
    }

    /** @param sequence that the answer should have at least, if news told so */
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
                // Who listens says so; the next question comes all the same.
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

    /** Nothing when the store cannot be reached, or a node of it died this moment: the client then throws what it does not declare, too. */
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
