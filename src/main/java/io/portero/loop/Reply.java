package io.portero.loop;

/** The result of a request to the loop's thread. */
public sealed interface Reply<T> {

    record Done<T>(T answer) implements Reply<T> {}

    /**
     * The time limit passed before the request was done.
     *
     * @param begun whether it is running; if not, it will never be done
     */
    record Late<T>(boolean begun) implements Reply<T> {}

    /** The agent is being stopped; the request may be half done. */
    record Stopping<T>() implements Reply<T> {}
}
