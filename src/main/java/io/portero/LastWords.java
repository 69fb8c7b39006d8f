package io.portero;

import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Decides what happens after a thread ended with an uncaught exception.
 *
 * <p>After an Error (out of memory, a class that cannot be loaded) no part of the process can be trusted: it exits with
 * code 1 at once, without running anything else, and the service manager starts it again. It does the same when a
 * thread ends that the agent needs to notice changes. The end of any other thread is logged, and the agent goes on:
 * such threads serve one request, or an executor replaces them. The rules stay in force in either case.
 */
final class LastWords implements Thread.UncaughtExceptionHandler {
    private static final System.Logger LOG = System.getLogger("portero");
    private static final Set<String> VITAL = Set.of("reconcile", "nft monitor", "policy-watcher", "names");

    private final IntConsumer halt;

    /** @param halt ends the process with this exit code */
    LastWords(IntConsumer halt) {
        this.halt = halt;
    }

    /** Ends this process. */
    static LastWords ofThisProcess() {
        return new LastWords(Runtime.getRuntime()::halt);
    }

    @Override
    public void uncaughtException(Thread thread, Throwable why) {
        if (why instanceof Error || VITAL.contains(thread.getName())) {
            end("thread " + thread.getName(), why);
        } else {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "thread " + thread.getName() + " ended because of a bug; the agent goes on",
                    why);
        }
    }

    /** Reports the end of the thread of the loop, which changes the firewall. */
    void loopDied(Throwable why) {
        end("the reconcile loop", why);
    }

    /** Without memory, even the log message may fail. */
    private void end(String who, Throwable why) {
        try {
            LOG.log(
                    System.Logger.Level.ERROR,
                    who + " ended because of " + why.getClass().getName() + "; the agent exits with code 1 so"
                            + " that systemd starts it again, and the rules stay in force",
                    why);
        } finally {
            halt.accept(1);
        }
    }
}
