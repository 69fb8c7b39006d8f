package io.portero.loop;

/** What became of a request that was handed to the loop's thread. */
public sealed interface Reply<T> {

    record Done<T>(T answer) implements Reply<T> {}

    /**
     * The time was over before it was done.
     *
     * @param begun whether it is under way; if not, it will never be done
     */
    record Late<T>(boolean begun) implements Reply<T> {}

    /** The agent is being stopped; the request may be half done. */
    record Stopping<T>() implements Reply<T> {}
}
