package io.portero.state;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Arrays;

/**
 * A disk on which the process is killed after a number of bytes and steps; no code runs after that, not even clean-up
 * code.
 */
final class CutShort implements Disk {
    private int left;

    CutShort(int left) {
        this.left = left;
    }

    /** An Error, so that no catch clause of the tested code takes it for a failure. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    boolean isDone() {
        return left > 0;
    }

    private void spend(int cost) {
        left -= cost;
        if (left <= 0) {
            throw new Killed();
        }
    }

    @Override
    public void write(FileChannel file, byte[] content) throws IOException {
        int written = Math.min(content.length, Math.max(0, left - 1));
        Disk.REAL.write(file, Arrays.copyOf(content, written));
        spend(written < content.length ? left : content.length);
    }

    @Override
    public void synchronise(FileChannel file) throws IOException {
        spend(1);
        Disk.REAL.synchronise(file);
        spend(1);
    }

    @Override
    public void beforeRename() {
        spend(1);
    }
}
