package io.portero.nft;

/** Is told of every change of ours, on the thread that does it. */
public interface CommitListener {
    CommitListener NOBODY = new CommitListener() {
        @Override
        public void begins() {}

        @Override
        public void ended(boolean changed) {}
    };

    void begins();

    /** @param changed whether the kernel took it */
    void ended(boolean changed);
}
