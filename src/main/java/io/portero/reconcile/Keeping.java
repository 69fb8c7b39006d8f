package io.portero.reconcile;

import io.portero.apply.BanMemory;
import io.portero.apply.LastGood;
import io.portero.apply.Probation;
import io.portero.apply.StateDirectory;
import io.portero.names.NameCache;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.LongSupplier;

/** What a reconciler keeps outside its memory. */
public record Keeping(
        LastGood lastGood,
        Probation probation,
        ManagementPeers peers,
        RuleMemory rules,
        BanMemory bans,
        NameCache names) {

    /** All of it in these two directories. */
    public static Keeping in(Path stateDirectory, Path runDirectory, Clock clock, LongSupplier nanoTime) {
        var state = new StateDirectory(stateDirectory);
        return new Keeping(
                new LastGood(state),
                new Probation(state, runDirectory, nanoTime),
                new ManagementPeers(state, clock),
                new RuleMemory(state),
                new BanMemory(state, clock),
                NameCache.load(KeptNames.in(state), clock));
    }
}
