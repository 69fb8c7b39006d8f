package io.portero.reconcile;

import io.portero.bans.BanMemory;
import io.portero.names.NameCache;
import io.portero.safety.Probation;
import io.portero.safety.RememberedPeers;
import io.portero.state.KeptNames;
import io.portero.state.LastGood;
import io.portero.state.RuleMemory;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.LongSupplier;

/** What a reconciler keeps outside its memory. */
public record Keeping(
        LastGood lastGood,
        Probation probation,
        RememberedPeers peers,
        RuleMemory rules,
        BanMemory bans,
        NameCache names) {

    /** All of it in these two directories. */
    public static Keeping in(Path stateDirectory, Path runDirectory, Clock clock, LongSupplier nanoTime) {
        var state = new StateDirectory(stateDirectory);
        return new Keeping(
                new LastGood(state),
                new Probation(state, runDirectory, nanoTime),
                new RememberedPeers(state, clock),
                new RuleMemory(state),
                new BanMemory(state, clock),
                NameCache.load(KeptNames.in(state), clock));
    }
}
