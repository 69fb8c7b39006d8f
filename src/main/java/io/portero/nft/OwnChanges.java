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
 * <p>The kernel names processes by their numbers in the host's own process namespace. Where the agent is in another one, as
 * in a container, it does not know those numbers; there the change by an {@code nft} that comes while one of ours is under
 * way, or right after it, is taken for ours, one for each. If it was somebody else's, then ours is taken for foreign, which
 * is as good a reason to look.
 */
public final class OwnChanges {
    /** Of the first process namespace (linux/proc_ns.h: PROC_PID_INIT_INO). */
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

    /** @param pids whether a process of that number, as this process sees it, is one of ours */
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

    /** To be called when it came to nothing. */
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
