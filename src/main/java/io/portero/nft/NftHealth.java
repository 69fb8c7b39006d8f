package io.portero.nft;

import io.portero.exec.Signal;
import java.lang.module.ModuleDescriptor.Version;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The health of nft: how often a signal killed it, and whether it must not read foreign tables.
 *
 * <p>nft before 1.1.2 (measured with 1.0.6) crashes with a segmentation fault when it reads a set with a declared type
 * that nft 1.1.2 or newer created. For most commands it reads all tables, but if the last command of a script lists one
 * table, it reads only that table. With this workaround nft still works; once an hour the agent tries without it. A
 * cause is logged once. May be used by any thread.
 */
public final class NftHealth {
    private static final System.Logger LOG = System.getLogger("portero");
    private static final Duration TRIED_AGAIN_AFTER = Duration.ofHours(1);
    /** The first version whose sets crash older versions; it can read such sets itself. */
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
     * Records what killed nft, and logs it once.
     *
     * @param which the program that was started; a program that is no longer used may crash later, which says nothing
     * about its successor
     */
    synchronized void died(String which, Signal signal) {
        if (!signal.isFault() && signal.number() != Signal.KILL) {
            return; // it was stopped on purpose
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

    /** To be called when nft has read all tables without a crash. */
    synchronized void livedWithAll() {
        if (last != null && !mustReadOwnTableOnly()) {
            last = null;
            LOG.log(System.Logger.Level.INFO, program.get() + " works again");
        }
    }

    /** Whether nft must not read foreign tables. */
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

    /** The current problem with nft and its remedy, if any. */
    public synchronized Optional<String> problem() {
        return Optional.ofNullable(last)
                .filter(death -> death.program().equals(program.get()))
                .map(death -> sentence(death.signal()));
    }

    /** What a crash by this signal means, and the remedy. */
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
