package io.portero.control;

import io.portero.apply.Outcome;
import io.portero.control.Request.Answer;
import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.events.Trigger;
import io.portero.safety.Probation;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ends a probation at the request of a command, and returns the outcome to the command.
 *
 * <p>It creates the same file that an operator may create in the run directory, and waits for the outcome.
 */
public final class ProbationDesk implements ReconcileListener, ControlSocket.Desk {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final StateDirectory runDirectory;
    private final List<CompletableFuture<End>> waiting = new ArrayList<>();
    private boolean pending;
    private boolean rollingBack;

    public ProbationDesk(Path runDirectory) {
        this.runDirectory = new StateDirectory(runDirectory);
    }

    /** @param how the result of the return to the previous policy, if that was requested */
    private record End(Probation.End end, Outcome how) {}

    @Override
    public synchronized void on(Event event, Status now) {
        pending = now.probationUntil().isPresent();
        if (event instanceof Event.ProbationEnded ended) {
            ended(ended.end());
        } else if (rollingBack && event instanceof Event.ApplyEnded applied && applied.trigger() == Trigger.ROLLBACK) {
            rollingBack = false;
            tell(new End(Probation.End.ROLLED_BACK_BY_COMMAND, applied.outcome()));
        }
    }

    private void ended(Probation.End end) {
        if (end.isConfirmed()) {
            tell(new End(end, new Outcome.Unchanged()));
        } else {
            rollingBack = true; // the result follows in a later event
        }
    }

    private void tell(End end) {
        waiting.forEach(w -> w.complete(end));
        waiting.clear();
    }

    @Override
    public Answer answer(Request request) throws InterruptedException {
        var end = new CompletableFuture<End>();
        synchronized (this) {
            if (!pending) {
                return new Answer(false, "nothing is on probation");
            }
            waiting.add(end);
        }
        var failed = runDirectory.write(request.verb(), "");
        if (failed.isPresent()) {
            return new Answer(false, failed.get());
        }
        try {
            return told(request.verb(), end.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            end.cancel(false);
            forgetWhoWaitsNoMore();
            return new Answer(false, "the agent did not handle this within 10 seconds; see its log");
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody makes it fail", e);
        }
    }

    private synchronized void forgetWhoWaitsNoMore() {
        waiting.removeIf(CompletableFuture::isDone);
    }

    private static Answer told(String verb, End ended) {
        boolean confirm = verb.equals(Probation.CONFIRM);
        return switch (ended.end()) {
            case CONFIRMED_BY_COMMAND, CONFIRMED_BY_CONNECTION ->
                new Answer(
                        confirm,
                        confirm
                                ? "confirmed: the policy stays"
                                : "it was already confirmed and stays in force; to undo it, restore the"
                                        + " previous file (portero restore)");
            case SUPERSEDED -> new Answer(false, "another policy is in force by now");
            case EXPIRED, ROLLED_BACK_BY_COMMAND -> rolledBack(confirm, ended.how());
        };
    }

    private static Answer rolledBack(boolean confirm, Outcome how) {
        return switch (how) {
            case Outcome.Failed failed ->
                new Answer(
                        false,
                        "the previous policy could not be put back yet ("
                                + failed.failure().sentence() + "); the agent goes on trying, see portero status");
            case Outcome.Applied applied -> rolledBack(confirm);
            case Outcome.Unchanged unchanged -> rolledBack(confirm);
        };
    }

    private static Answer rolledBack(boolean confirm) {
        return new Answer(
                !confirm,
                confirm
                        ? "too late: the previous policy is in force again"
                        : "rolled back: the previous policy is in force again");
    }
}
