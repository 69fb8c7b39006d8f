package io.portero.control;

import io.portero.control.Request.Answer;
import io.portero.loop.ReconcileLoop;
import io.portero.loop.Reply;
import io.portero.policy.FirstFew;
import io.portero.policy.Problem;
import io.portero.stage.StageResult;
import io.portero.stage.StageText;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Receives from a command a policy to stage, or the order to end staging. It passes both to the thread that changes the
 * firewall, and returns the outcome.
 */
public final class StageDesk implements ControlSocket.Desk {
    public static final String BEGIN = "stage";
    public static final String END = "end-stage";
    /** The name of the request parameter with the policy, its lists and the addresses of its host names. */
    public static final String STAGE = "policy";

    /** The name of the answer field with what is not compared, one sentence on each line. */
    public static final String GAPS = "gaps";

    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int MOST_LINES = 100;
    private static final System.Logger LOG = System.getLogger("portero");

    private final ReconcileLoop loop;

    public StageDesk(ReconcileLoop loop) {
        this.loop = loop;
    }

    @Override
    public Answer answer(Request request) throws InterruptedException {
        if (request.verb().equals(END)) {
            return answer(loop.ask(turn -> turn.reconciler().endStage(), PATIENCE));
        }
        var stage = StageText.parse(request.words().getOrDefault(STAGE, ""));
        return stage.isPresent()
                ? begin(stage.get())
                : new Answer(
                        false,
                        "the agent has another version than this command; restart it: systemctl restart portero");
    }

    private Answer begin(io.portero.stage.Stage stage) throws InterruptedException {
        try {
            return answer(loop.ask(turn -> turn.reconciler().stage(stage), PATIENCE));
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.ERROR, "staging a policy failed because of a bug", e);
            return new Answer(false, "the agent failed because of a bug; see its log");
        }
    }

    private static Answer answer(Reply<StageResult> reply) {
        return switch (reply) {
            case Reply.Done<StageResult>(StageResult result) -> told(result);
            case Reply.Late<StageResult>(boolean begun) ->
                new Answer(
                        false,
                        "the agent did not handle this within " + PATIENCE.toSeconds() + " seconds"
                                + (begun ? ", and may still do it" : "") + "; see its log");
            case Reply.Stopping<StageResult>() -> new Answer(false, "the agent is being stopped; try again");
        };
    }

    private static Answer told(StageResult result) {
        return switch (result) {
            case StageResult.Done done ->
                new Answer(
                        true,
                        done.says(),
                        Map.of(
                                ApplyDesk.LINES,
                                lines(done.warnings()),
                                GAPS,
                                String.join("\n", done.gaps().sentences())));
            case StageResult.Refused refused ->
                new Answer(
                        false,
                        "the policy is refused; the policy that was staged before stays staged",
                        Map.of(ApplyDesk.LINES, lines(refused.problems()), ApplyDesk.OUTCOME, ApplyDesk.REFUSED));
            case StageResult.Failed failed -> new Answer(false, failed.why());
        };
    }

    private static String lines(List<Problem> problems) {
        var few = FirstFew.of(problems, MOST_LINES);
        return few.shown().stream().map(Object::toString).collect(Collectors.joining("\n"))
                + (few.more() == 0 ? "" : "\nand " + few.more() + " more");
    }
}
