package io.portero.cli;

import io.portero.fleet.OldLists;
import io.portero.fleet.OperatorStore;
import io.portero.fleet.Refusal;
import java.io.IOException;
import picocli.CommandLine;

/** Ends a fleet command: reports a refusal or a failure as one sentence and an exit code. */
final class FleetAnswer {
    private FleetAnswer() {}

    /** The work of a command. */
    interface Work {
        int work() throws Refusal, IOException, InterruptedException;
    }

    static int of(CommandLine line, Work work) {
        try {
            return work.work();
        } catch (Refusal e) {
            line.getErr().println("portero: " + e.sentence());
            return ExitCode.REFUSED;
        } catch (IOException e) {
            line.getErr().println("portero: " + e.getMessage());
            return ExitCode.FAILED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            line.getErr().println("portero: interrupted");
            return ExitCode.FAILED;
        }
    }

    /** A failure to remove old lists is only reported, because the push itself has succeeded. */
    static OldLists.Removed removed(CommandLine line, OperatorStore store) {
        try {
            return new OldLists(store).remove();
        } catch (IOException e) {
            line.getErr().println("portero: old lists stay in the store for now: " + e.getMessage());
            return new OldLists.Removed(0, 0);
        }
    }
}
