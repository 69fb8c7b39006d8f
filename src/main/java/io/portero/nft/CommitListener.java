package io.portero.nft;

/** Is told of every change of ours, on the thread that does it. */
public interface CommitListener {
    CommitListener NOBODY = () -> changed -> {};

    /** To be called before nft is started; the change may be told of before nft has ended. */
    Commit begins();

    /** A change that is under way. */
    interface Commit {
        /** @param changed whether the kernel took it and has something to tell of */
        void ended(boolean changed);
    }
}
