package io.portero.status;

import io.portero.apply.Outcome;
import io.portero.events.Event;
import io.portero.events.Origin;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.events.Trigger;
import io.portero.guests.GuestsInWords;
import io.portero.lists.ListNews;
import io.portero.names.NameNews;
import io.portero.policy.FirstFew;
import io.portero.policy.Problem;
import io.portero.safety.Probation;
import io.portero.stage.StageInWords;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Remembers the last 20 events of the policy since the start of the agent; the audit trail has the rest.
 *
 * <p>Changes by others are not included; they are in {@link Status#drifts}.
 */
public final class History implements ReconcileListener {
    private static final int KEPT = 20;

    private final Clock clock;
    private final Deque<Entry> entries = new ArrayDeque<>();

    public History(Clock clock) {
        this.clock = clock;
    }

    /**
     * One event.
     *
     * @param kind one word: applied, adopted, failed, refused, probation, confirmed, rollback, contention, revoked or
     * name
     */
    public record Entry(Instant at, String kind, String what) {}

    /** Newest first. */
    public synchronized List<Entry> latest() {
        return List.copyOf(entries);
    }

    @Override
    public synchronized void on(Event event, Status now) {
        entry(event).ifPresent(entries::addFirst);
        while (entries.size() > KEPT) {
            entries.removeLast();
        }
    }

    private Optional<Entry> entry(Event event) {
        return switch (event) {
            case Event.PolicyAccepted accepted -> Optional.empty();
            case Event.PolicyRefused refused ->
                entry(
                        "refused",
                        refused.problems().stream()
                                .filter(p -> p.severity() == Problem.Severity.ERROR)
                                .findFirst()
                                .map(p -> p.key() + ": " + p.sentence())
                                .orElse("see portero check"));
            case Event.CostForeseen foreseen -> Optional.empty();
            case Event.ApplyEnded ended -> applied(ended);
            case Event.ProbationBegan began ->
                entry("probation", "it must be confirmed within " + inWords(began.within()));
            case Event.ProbationEnded ended ->
                entry(ended.end().isConfirmed() ? "confirmed" : "rollback", inWords(ended.end()));
            case Event.TableKept kept ->
                entry("adopted", "no policy to enforce; the table in the kernel stays as it is");
            case Event.LeftOut leftOut -> entry("failed", leftOut.why());
            case Event.NotKept notKept -> entry("failed", notKept.why());
            case Event.UplinksSeen seen ->
                seen.trusted().isEmpty()
                        ? Optional.empty()
                        : entry("uplink", seen.trusted().getFirst().danger());
            case Event.StageChanged changed -> StageInWords.of(changed.news()).flatMap(words -> entry("stage", words));
            case Event.FoundInSync found -> Optional.empty();
            case Event.DriftFound found -> Optional.empty();
            case Event.DriftRepaired repaired -> Optional.empty();
            case Event.ContentionBegan contention ->
                entry(
                        "contention",
                        contention.program() + " changes Portero's table again and again; repairs are slowed down");
            case Event.ContentionEnded contention ->
                entry("contention", contention.program() + " has stopped, after " + contention.repairs() + " repairs");
            case Event.FlowsCut cut ->
                cut.cut().isEmpty()
                        ? Optional.empty()
                        : entry(
                                "revoked",
                                "flows towards " + cut.cut().size() + " addresses that lost access were cut");
            case Event.Draining draining -> Optional.empty();
            case Event.NameHeard heard ->
                heard.news() instanceof NameNews.Changed changed
                        ? entry("name", changed.name() + " has other addresses")
                        : Optional.empty();
            case Event.ListHeard heard -> list(heard.news());
            case Event.BansChanged changed -> Optional.empty();
            case Event.GuestsChanged changed ->
                changed.changes().ended().isEmpty()
                        ? Optional.empty()
                        : entry(
                                "guest",
                                "access ended, because the time is over: " + GuestsInWords.ended(changed.changes()));
            case Event.MembersLeft left ->
                entry("member", "removed, because the time is over: " + FirstFew.of(left.members(), 5));
            case Event.LookFailed failed -> Optional.empty();
        };
    }

    private Optional<Entry> list(ListNews news) {
        return switch (news) {
            case ListNews.Changed changed ->
                entry("list", changed.list() + " has changed: " + changed.entries() + " entries");
            case ListNews.HeldBack held -> entry("list", held.list() + " is held back: " + held.why());
            case ListNews.Failing failing -> Optional.empty();
            case ListNews.Recovered recovered -> Optional.empty();
            case ListNews.Stale stale -> Optional.empty();
        };
    }

    private Optional<Entry> applied(Event.ApplyEnded ended) {
        var what = inWords(ended.origin()) + ", " + inWords(ended.trigger());
        return switch (ended.outcome()) {
            case Outcome.Unchanged unchanged ->
                ended.trigger() == Trigger.STARTUP
                        ? entry("adopted", what + ": the kernel already held it")
                        : Optional.empty();
            case Outcome.Applied applied ->
                entry("applied", what + ", in " + ended.took().toMillis() + " ms");
            case Outcome.Failed failed ->
                entry("failed", what + ": " + failed.failure().sentence());
        };
    }

    private static String inWords(Origin origin) {
        return switch (origin) {
            case FILE -> "the policy file";
            case LAST_GOOD -> "the last confirmed policy";
            case FALLBACK -> "closed except for ssh, because there is no policy";
        };
    }

    private static String inWords(Trigger trigger) {
        return switch (trigger) {
            case STARTUP -> "at the start";
            case SIGNAL -> "on a signal";
            case DRIFT -> "after a change by another program";
            case DNS -> "because a host name changed";
            case LIST -> "because a list changed";
            case EXPIRY -> "because a time was over";
            case FILE -> "because the file changed";
            case ROLLBACK -> "as a rollback";
            case PROBATION, NETWORK, PERIODIC -> "by the clock";
        };
    }

    private static String inWords(Probation.End end) {
        return switch (end) {
            case CONFIRMED_BY_COMMAND -> "by command";
            case CONFIRMED_BY_CONNECTION -> "by a new management connection";
            case SUPERSEDED -> "by a policy that needs no probation";
            case EXPIRED -> "not confirmed in time; not tried again until the file changes";
            case ROLLED_BACK_BY_COMMAND -> "by command; not tried again until the file changes";
        };
    }

    private static String inWords(Duration duration) {
        return duration.toSeconds() < 120 ? duration.toSeconds() + " seconds" : duration.toMinutes() + " minutes";
    }

    private Optional<Entry> entry(String kind, String what) {
        return Optional.of(new Entry(clock.instant(), kind, what));
    }
}
