package io.portero.reconcile;

import io.portero.bans.BanMemory;
import io.portero.guests.GuestMemory;
import io.portero.lists.UrlLists;
import io.portero.names.NameCache;
import io.portero.safety.Probation;
import io.portero.safety.RememberedPeers;
import io.portero.stage.StageMemory;
import io.portero.state.DiskWriter;
import io.portero.state.KeptLists;
import io.portero.state.KeptNames;
import io.portero.state.LastGood;
import io.portero.state.RuleMemory;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/** The state that a reconciler keeps on disk. */
public record Keeping(
        LastGood lastGood,
        Probation probation,
        RememberedPeers peers,
        RuleMemory rules,
        BanMemory bans,
        GuestMemory guests,
        NameCache names,
        UrlLists urls,
        StageMemory stage,
        DiskWriter writer) {

    Answers answers() {
        return new Answers(names, urls);
    }

    /** Keeps everything in these two directories. */
    public static Keeping in(Path stateDirectory, Path runDirectory, Clock clock, LongSupplier nanoTime) {
        return in(stateDirectory, runDirectory, clock, nanoTime, DiskWriter.atOnce());
    }

    /** Keeps everything in these two directories, written by this writer. */
    public static Keeping in(
            Path stateDirectory, Path runDirectory, Clock clock, LongSupplier nanoTime, DiskWriter writer) {
        var direct = new StateDirectory(stateDirectory);
        var state = StateDirectory.deferred(stateDirectory, writer);
        return new Keeping(
                new LastGood(direct),
                new Probation(state, runDirectory, clock, nanoTime),
                new RememberedPeers(state, clock),
                new RuleMemory(state),
                BanMemory.ofAgent(direct, writer, clock),
                new GuestMemory(direct, writer),
                NameCache.load(KeptNames.in(state), clock),
                UrlLists.load(KeptLists.in(state), clock, new SplittableRandom()),
                new StageMemory(state),
                writer);
    }
}
