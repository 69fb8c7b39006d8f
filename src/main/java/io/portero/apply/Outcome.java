package io.portero.apply;

import java.time.Duration;

/** What came of an apply. */
public sealed interface Outcome {

    /** The kernel held it already; nothing was sent. */
    record Unchanged() implements Outcome {}

    /** It is in force. */
    record Applied(int transactions, Duration took) implements Outcome {}

    /**
     * It is not in force, or not cleared up.
     *
     * @param switched whether the transaction that changes what is enforced had gone through before
     */
    record Failed(Failure failure, boolean switched) implements Outcome {}
}
