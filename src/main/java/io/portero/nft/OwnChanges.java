package io.portero.nft;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;

/**
 * Tells our own changes from those of others.
 *
 * <p>The kernel reports process ids of the initial PID namespace. An agent in another namespace, as in a container,
 * does not know these ids. There, a change by an {@code nft} during one of our changes, or right after it, counts as
 * ours, one for each. If that change was foreign, then ours counts as foreign, which also causes a look.
 */
public final class OwnChanges {
    /** The inode of the initial PID namespace (linux/proc_ns.h: PROC_PID_INIT_INO). */
    private static final String HOSTS_OWN = "pid:[4026531836]";

    private static final Duration OVERDUE = Duration.ofSeconds(2);

    private final LongPredicate pids;
    private final boolean numbersAreKnown;
    private final LongSupplier nanoTime;
    private int awaited;
    private long awaitedSince;

    OwnChanges(LongPredicate pids, boolean numbersAreKnown, LongSupplier nanoTime) {
        this.pids = pids;
        this.numbersAreKnown = numbersAreKnown;
        this.nanoTime = nanoTime;
    }

    /** @param pids whether a process id, as this process sees it, is one of ours */
    public static OwnChanges of(LongPredicate pids, LongSupplier nanoTime) {
        return new OwnChanges(pids, isInTheHostsNamespace(), nanoTime);
    }

    private static boolean isInTheHostsNamespace() {
        try {
            return Files.readSymbolicLink(Path.of("/proc/self/ns/pid"))
                    .toString()
                    .equals(HOSTS_OWN);
        } catch (IOException e) {
            return true;
        }
    }

    /** To be called before each change of ours. */
    synchronized void begin() {
        awaited++;
        awaitedSince = nanoTime.getAsLong();
    }

    /** To be called when the change failed. */
    synchronized void failed() {
        awaited = Math.max(0, awaited - 1);
    }

    synchronized boolean isOurs(long pid, String program) {
        if (numbersAreKnown) {
            return pids.test(pid);
        }
        if (nanoTime.getAsLong() - awaitedSince > OVERDUE.toNanos()) {
            awaited = 0;
        }
        boolean ours = awaited > 0 && program.equals("nft");
        awaited -= ours ? 1 : 0;
        return ours;
    }
}
