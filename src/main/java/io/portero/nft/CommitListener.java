package io.portero.nft;

/** Listens to our own changes, on the thread that makes them. */
public interface CommitListener {
    CommitListener NOBODY = () -> changed -> {};

    /** To be called before nft starts; the monitor may report the change before nft has ended. */
    Commit begins();

    /** A change that is in progress. */
    interface Commit {
        /** @param changed whether the kernel accepted it and the monitor will report it */
        void ended(boolean changed);
    }
}
