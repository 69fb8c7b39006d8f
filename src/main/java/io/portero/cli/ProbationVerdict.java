package io.portero.cli;

import io.portero.status.StatusDocument;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Asks the agent to end a probation, and waits until it has. */
final class ProbationVerdict {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration STEP = Duration.ofMillis(50);

    private ProbationVerdict() {}

    static int ask(Path runDirectory, String verdict, String done, PrintWriter out, PrintWriter errors) {
        var agent = new RunningAgent(runDirectory);
        var failure = switch (agent.find()) {
            case RunningAgent.Found.Not(String why) -> Optional.of(why);
            case RunningAgent.Found.Running(StatusDocument status) ->
                status.probation().isPresent()
                        ? agent.ask(verdict).or(() -> awaitTaken(agent, verdict))
                        : Optional.of("nothing is on probation");
        };
        if (failure.isPresent()) {
            errors.println("portero: " + failure.get());
            return ExitCode.FAILED;
        }
        out.println(done);
        return ExitCode.DONE;
    }

    private static Optional<String> awaitTaken(RunningAgent agent, String verdict) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!agent.hasTaken(verdict)) {
            if (System.nanoTime() > end) {
                return Optional.of("the agent did not answer within 10 seconds; see its log");
            }
            try {
                Thread.sleep(STEP);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of("interrupted");
            }
        }
        return Optional.empty();
    }
}
