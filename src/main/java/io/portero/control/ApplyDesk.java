package io.portero.control;

import io.portero.control.Request.Answer;
import io.portero.events.Event;
import io.portero.events.Status;
import io.portero.events.Trigger;
import io.portero.loop.ReconcileLoop;
import io.portero.loop.Reply;
import io.portero.loop.Turn;
import io.portero.policy.FirstFew;
import io.portero.policy.Problem;
import io.portero.reconcile.PassResult;
import io.portero.reconcile.Reconciler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Makes the agent apply its policy file at once, and returns the outcome to the command.
 *
 * <p>This is the same pass as after a SIGHUP, with guard and probation. If a policy needs the first addresses of its
 * host names, the command waits for them, up to 15 seconds in all.
 */
public final class ApplyDesk implements ControlSocket.Desk {
    public static final String VERB = "apply";
    /** The name of the request parameter with a policy file; without it, the agent's own file is applied. */
    public static final String FILE = "file";
    /** The name of the answer field that distinguishes a refusal from a failure. */
    public static final String OUTCOME = "outcome";

    public static final String REFUSED = "refused";
    /** The name of the answer field with warnings and problems, one on each line. */
    public static final String LINES = "lines";

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration STEP = Duration.ofMillis(100);
    /** Keeps the answer below its limit of 64 KiB. */
    private static final int MOST_LINES = 100;

    private final Path file;
    private final ReconcileLoop loop;
    private final Duration patience;

    public ApplyDesk(Path file, ReconcileLoop loop) {
        this(file, loop, PATIENCE);
    }

    ApplyDesk(Path file, ReconcileLoop loop, Duration patience) {
        this.file = file;
        this.loop = loop;
        this.patience = patience;
    }

    /**
     * The state after the pass.
     *
     * @param before the digest of the rules that were in force before
     * @param remarks sentences about side effects
     */
    private record Found(PassResult result, Status status, String before, List<String> remarks) {}

    @Override
    public Answer answer(Request request) throws InterruptedException {
        var other = Optional.ofNullable(request.words().get(FILE)).map(Path::of).filter(named -> !isOwn(named));
        if (other.isPresent()) {
            return new Answer(
                    false,
                    "the running agent enforces " + file + ", not " + other.get() + ": put your policy in that file,"
                            + " or stop the agent first (systemctl stop portero)");
        }
        long end = System.nanoTime() + patience.toNanos();
        return switch (loop.ask(ApplyDesk::pass, patience)) {
            case Reply.Done<Found>(Found found) when found.result() == PassResult.POSTPONED -> awaited(found, end);
            case Reply.Done<Found>(Found found) -> told(found);
            case Reply.Late<Found>(boolean begun) -> late(begun);
            case Reply.Stopping<Found>() -> new Answer(false, "the agent is being stopped");
        };
    }

    private boolean isOwn(Path named) {
        try {
            return Files.isSameFile(named, file);
        } catch (IOException e) {
            return named.toAbsolutePath()
                    .normalize()
                    .equals(file.toAbsolutePath().normalize());
        }
    }

    private static Found pass(Turn turn) {
        var reconciler = turn.reconciler();
        var before = digest(reconciler.status());
        return found(turn.pass(Trigger.SIGNAL), reconciler, before);
    }

    private static Found found(PassResult result, Reconciler reconciler, String before) {
        var remarks = new ArrayList<String>();
        for (var event : reconciler.told()) {
            if (event instanceof Event.CostForeseen(List<String> sentences)) {
                remarks.addAll(sentences);
            }
        }
        return new Found(result, reconciler.status(), before, remarks);
    }

    private static String digest(Status status) {
        return status.policy().map(Status.InForce::digest).orElse("");
    }

    /** The loop continues when the addresses are known; this thread waits for that. */
    private Answer awaited(Found first, long end) throws InterruptedException {
        Function<Turn, Found> look = turn -> {
            var result = turn.reconciler().isPostponed() ? PassResult.POSTPONED : PassResult.DONE;
            return found(result, turn.reconciler(), first.before());
        };
        while (System.nanoTime() - end < 0) {
            Thread.sleep(STEP);
            if (loop.ask(look, STEP) instanceof Reply.Done<Found>(Found now) && now.result() != PassResult.POSTPONED) {
                return told(now);
            }
        }
        return new Answer(
                false,
                file + " waits for the first DNS answers for its host names; the agent puts it in force when"
                        + " they arrive, or without them after agent.reconcile-interval: see portero status");
    }

    private Answer late(boolean begun) {
        return new Answer(
                false,
                (begun ? "the agent has started this but has not finished" : "the agent has not started this")
                        + " within "
                        + patience.toSeconds() + " seconds; see portero status and its log");
    }

    private Answer told(Found found) {
        var status = found.status();
        var problems = status.file().problems();
        var lines = new ArrayList<>(problems.stream().map(Problem::toString).toList());
        found.remarks().forEach(remark -> lines.add("portero: " + remark));
        var words = Map.of(LINES, text(lines));
        if (problems.stream().anyMatch(p -> p.severity() == Problem.Severity.ERROR)
                && !status.file().lastReloadSuccessful()) {
            return new Answer(
                    false,
                    file + " is refused; the policy in force does not change",
                    Map.of(LINES, text(lines), OUTCOME, REFUSED));
        }
        if (found.result() == PassResult.FAILED || !status.file().lastReloadSuccessful()) {
            var why = status.lastError().orElse("because of a bug; see its log");
            return new Answer(
                    false,
                    file + " could not be put in force (" + why + "); the agent goes on trying, see portero status",
                    words);
        }
        var what = digest(status).equals(found.before())
                ? "unchanged: what " + file + " says is in force already"
                : "applied: " + file + " is in force";
        return new Answer(true, what + probation(status), words);
    }

    private static String probation(Status status) {
        return status.probationUntil()
                .map(until -> ", on probation: the previous policy comes back at "
                        + until.truncatedTo(ChronoUnit.SECONDS)
                        + " unless a new management session or `portero confirm` confirms this one")
                .orElse("");
    }

    private static String text(List<String> lines) {
        var few = FirstFew.of(lines, MOST_LINES);
        var text = String.join("\n", few.shown());
        return few.more() == 0 ? text : text + "\nand " + few.more() + " more";
    }
}
