package io.portero.events;

import io.portero.apply.Outcome;
import io.portero.config.AgentSettings;
import io.portero.events.Status.FileStatus;
import io.portero.events.Status.SeenDrift;
import io.portero.policy.Problem;
import io.portero.stage.StageNews;
import io.portero.stage.Staged;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Computes the next status from the last one and an event. */
final class StatusBuilder {
    private static final int DRIFTS_KEPT = 20;

    private StatusBuilder() {}

    static Status after(Status last, Event event, Instant now) {
        return switch (event) {
            case Event.PolicyAccepted accepted ->
                file(last, last.file().lastReloadSuccessful(), accepted.warnings(), accepted.settings());
            case Event.PolicyRefused refused ->
                file(last, false, refused.problems(), last.file().settings());
            case Event.CostForeseen foreseen -> last;
            case Event.ApplyEnded ended -> applied(last, ended, now);
            case Event.ProbationBegan began -> last.withProbation(Optional.of(now.plus(began.within())));
            case Event.ProbationEnded ended -> last.withProbation(Optional.empty());
            case Event.TableKept kept -> last;
            case Event.LeftOut leftOut -> last;
            case Event.NotKept notKept -> last;
            case Event.NameHeard heard -> last;
            case Event.ListHeard heard -> last;
            case Event.FoundInSync found -> last.withSync(true, Optional.empty(), now);
            case Event.DriftFound found ->
                last.withSync(
                        false,
                        Optional.of("another program changed table inet portero; the agent is repairing it"),
                        now);
            case Event.DriftRepaired repaired -> drifted(synced(last, repaired.outcome(), now), repaired, now);
            case Event.ContentionBegan contention -> last.withContention(Optional.of(contention.program()));
            case Event.ContentionEnded contention -> last.withContention(Optional.empty());
            case Event.FlowsCut cut -> last;
            case Event.Draining draining -> last.withDraining(draining.flows());
            case Event.BansChanged changed -> last.withBans(changed.all());
            case Event.GuestsChanged changed -> last.withGuests(changed.all());
            case Event.MembersLeft left -> last;
            case Event.StageChanged changed -> last.withStaged(staged(changed.news()));
            case Event.UplinksSeen seen -> last.withTrusted(seen.trusted());
            case Event.LookFailed failed ->
                last.withSync(false, Optional.of(failed.failure().sentence()), now);
        };
    }

    private static Optional<Staged> staged(StageNews news) {
        return switch (news) {
            case StageNews.Began began -> Optional.of(began.staged());
            case StageNews.Renewed renewed -> Optional.of(renewed.staged());
            case StageNews.Failing failing -> Optional.of(failing.staged());
            case StageNews.Recovered recovered -> Optional.of(recovered.staged());
            case StageNews.Ended ended -> Optional.empty();
        };
    }

    private static Status applied(Status last, Event.ApplyEnded ended, Instant now) {
        var next = synced(last, ended.outcome(), now);
        if (ended.origin() != Origin.FILE || ended.trigger().isRenewal()) {
            return next;
        }
        boolean successful = !(ended.outcome() instanceof Outcome.Failed);
        var file = next.file();
        return next.withFile(new FileStatus(
                file.path(),
                file.settings(),
                successful,
                successful ? Optional.of(now) : file.reloaded(),
                file.problems()));
    }

    private static Status synced(Status last, Outcome outcome, Instant now) {
        return switch (outcome) {
            case Outcome.Failed failed ->
                last.withSync(false, Optional.of(failed.failure().sentence()), now);
            case Outcome.Applied applied -> last.withSync(true, Optional.empty(), now);
            case Outcome.Unchanged unchanged -> last.withSync(true, Optional.empty(), now);
        };
    }

    private static Status drifted(Status last, Event.DriftRepaired repaired, Instant now) {
        var seen = repaired.drifts().stream().map(d -> new SeenDrift(now, d, repaired.stood()));
        return last.withDrifts(
                Stream.concat(seen, last.drifts().stream()).limit(DRIFTS_KEPT).toList());
    }

    private static Status file(Status last, boolean successful, List<Problem> problems, AgentSettings settings) {
        return last.withFile(new FileStatus(
                last.file().path(), settings, successful, last.file().reloaded(), problems));
    }
}
