package io.portero.apply;

import java.time.Duration;

/** The outcome of an apply. */
public sealed interface Outcome {

    /** The kernel held it already; nothing was sent. */
    record Unchanged() implements Outcome {}

    /** It is in force. */
    record Applied(int transactions, Duration took) implements Outcome {}

    /**
     * It is not in force, or leftovers remain.
     *
     * @param switched whether the transaction that switches over had succeeded before
     */
    record Failed(Failure failure, boolean switched) implements Outcome {}
}
