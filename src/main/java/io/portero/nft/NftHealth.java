package io.portero.nft;

import io.portero.exec.Signal;
import java.lang.module.ModuleDescriptor.Version;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How nft bears up: how often a signal killed it, and whether it must be kept from reading the tables of others.
 *
 * <p>nft before 1.1.2 (measured with 1.0.6) dies of a segmentation fault when it reads a set with a declared type that nft
 * 1.1.2 or newer made. It reads all tables for most commands; but it reads one table only when the last command of a script
 * lists that table. So nft can go on, and whether it
 * can do without that is tried once an hour. A cause
 * is logged once. May be used by any thread.
 */
public final class NftHealth {
    private static final System.Logger LOG = System.getLogger("portero");
    private static final Duration TRIED_AGAIN_AFTER = Duration.ofHours(1);
    /** The first version whose own sets kill older ones, and that reads them. */
    private static final String READS_ALL = "1.1.2";

    private final NftProgram program;
    private final LongSupplier nanoTime;
    private @Nullable Death last;
    private long deaths;

    public NftHealth(NftProgram program, LongSupplier nanoTime) {
        this.program = program;
        this.nanoTime = nanoTime;
    }

    private record Death(String program, Signal signal, long at) {}

    /**
     * Notes what killed nft; says it, unless it has said the same.
     *
     * @param which the program that was started; one that is no longer used may die later, and tells nothing of its successor
     */
    synchronized void died(String which, Signal signal) {
        if (!signal.isFault() && signal.number() != Signal.KILL) {
            return; // somebody wanted it to end
        }
        if (!which.equals(program.get())) {
            deaths++;
            return;
        }
        var before = last;
        last = new Death(which, signal, nanoTime.getAsLong());
        deaths++;
        boolean told = before != null
                && before.program().equals(last.program())
                && before.signal().equals(signal);
        LOG.log(
                told ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                sentence(signal)
                        + (signal.isFault()
                                ? "; until then the agent uses only nft commands that read just Portero's table"
                                : ""));
    }

    /** To be called when nft has read all tables and lived. */
    synchronized void livedWithAll() {
        if (last != null && !mustReadOwnTableOnly()) {
            last = null;
            LOG.log(System.Logger.Level.INFO, program.get() + " works again");
        }
    }

    /** Whether nft is to be kept from reading the tables of others. */
    synchronized boolean mustReadOwnTableOnly() {
        return last != null
                && last.signal().isFault()
                && last.program().equals(program.get())
                && nanoTime.getAsLong() - last.at() < TRIED_AGAIN_AFTER.toNanos();
    }

    /** How often a signal killed nft. */
    public synchronized long deaths() {
        return deaths;
    }

    /** What is wrong with nft and the way out, as long as it is so. */
    public synchronized Optional<String> problem() {
        return Optional.ofNullable(last)
                .filter(death -> death.program().equals(program.get()))
                .map(death -> sentence(death.signal()));
    }

    /** What a death by this signal means and what to do about it. */
    String sentence(Signal signal) {
        if (!signal.isFault()) {
            return program.get() + " was killed by " + signal
                    + "; check with journalctl -k whether this host ran out of memory";
        }
        var version = program.version();
        return program.get() + " died of a " + signal
                + (readsAll(version)
                        ? ": this is a bug of version " + version + "; set another nft with agent.nft"
                        : ": " + (version.isEmpty() ? "this version" : "version " + version)
                                + " cannot read a set that a newer nft created (in a container on the host"
                                + " network, or by Portero with a newer nft); install the package portero-nft,"
                                + " or set a newer nft with agent.nft");
    }

    private static boolean readsAll(String version) {
        try {
            return Version.parse(version).compareTo(Version.parse(READS_ALL)) >= 0;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
