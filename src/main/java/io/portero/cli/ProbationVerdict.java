package io.portero.cli;

import io.portero.control.ControlClient;
import io.portero.control.Request;
import io.portero.control.Request.Answer;
import io.portero.status.StatusDocument;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Asks the agent to end a probation, and reports the result; if the agent has no socket, creates a file for it. */
final class ProbationVerdict {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration STEP = Duration.ofMillis(50);

    private ProbationVerdict() {}

    static int ask(Path runDirectory, String verdict, String done, PrintWriter out, PrintWriter errors) {
        var agent = new RunningAgent(runDirectory);
        var answer = switch (agent.find()) {
            case RunningAgent.Found.Not(String why) -> new Answer(false, why);
            case RunningAgent.Found.Running(StatusDocument status) ->
                new ControlClient(runDirectory)
                        .ask(Request.of(verdict))
                        .orElseGet(() -> byFile(agent, status, verdict, done));
        };
        (answer.done() ? out : errors).println(answer.done() ? answer.says() : "portero: " + answer.says());
        return answer.done() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static Answer byFile(RunningAgent agent, StatusDocument status, String verdict, String done) {
        if (status.probation().isEmpty()) {
            return new Answer(false, "nothing is on probation");
        }
        return agent.ask(verdict)
                .or(() -> awaitTaken(agent, verdict))
                .map(why -> new Answer(false, why))
                .orElseGet(() -> new Answer(true, done));
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
