package io.portero.reconcile;

import io.portero.apply.Failure;
import io.portero.apply.Outcome;
import io.portero.config.AgentSettings;
import io.portero.config.Loaded;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import io.portero.reconcile.Status.SeenDrift;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes the next status out of the last one and what happened. */
final class StatusBuilder {
    private static final int DRIFTS_KEPT = 20;

    private StatusBuilder() {}

    static Status initial(String file, Instant now) {
        return new Status(
                file,
                false,
                now,
                Optional.empty(),
                AgentSettings.DEFAULT,
                "",
                false,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                List.of());
    }

    static Status applied(Status last, Loaded.Accepted loaded, String digest, Outcome outcome, Instant now) {
        return switch (outcome) {
            case Outcome.Failed failed ->
                failed.switched()
                        ? failed(inForce(last, loaded.policy(), digest, now), failed.failure(), now)
                        : failed(last, failed.failure(), now);
            case Outcome.Applied applied -> inSync(inForce(last, loaded.policy(), digest, now), now);
            case Outcome.Unchanged unchanged -> inSync(inForce(last, loaded.policy(), digest, now), now);
        };
    }

    private static Status inForce(Status last, Policy policy, String digest, Instant now) {
        return new Status(
                last.file(),
                last.inSync(),
                last.since(),
                Optional.of(policy),
                last.settings(),
                digest,
                true,
                Optional.of(now),
                last.problems(),
                last.lastError(),
                last.drifts());
    }

    static Status inSync(Status last, Instant now) {
        return sync(last, true, now, Optional.empty(), last.drifts());
    }

    static Status failed(Status last, Failure failure, Instant now) {
        return sync(last, false, now, Optional.of(failure.sentence()), last.drifts());
    }

    static Status repaired(Status last, List<Drift> drifts, Outcome outcome, Instant now) {
        var seen = Stream.concat(drifts.stream().map(d -> new SeenDrift(now, d)), last.drifts().stream())
                .limit(DRIFTS_KEPT)
                .toList();
        return switch (outcome) {
            case Outcome.Failed failed ->
                sync(last, false, now, Optional.of(failed.failure().sentence()), seen);
            case Outcome.Applied applied -> sync(last, true, now, Optional.empty(), seen);
            case Outcome.Unchanged unchanged -> sync(last, true, now, Optional.empty(), seen);
        };
    }

    private static Status sync(
            Status last, boolean inSync, Instant now, Optional<String> error, List<SeenDrift> drifts) {
        return new Status(
                last.file(),
                inSync,
                inSync == last.inSync() ? last.since() : now,
                last.policy(),
                last.settings(),
                last.digest(),
                last.lastReloadSuccessful(),
                last.reloaded(),
                last.problems(),
                error,
                drifts);
    }

    /** What the event itself says of the file. */
    static Status after(Status last, Event event) {
        return switch (event) {
            case Event.PolicyRefused refused -> file(last, false, refused.problems(), last.settings());
            case Event.PolicyAccepted accepted ->
                file(last, last.lastReloadSuccessful(), accepted.warnings(), accepted.settings());
            case Event.ApplyEnded ended ->
                file(last, !(ended.outcome() instanceof Outcome.Failed), last.problems(), last.settings());
            case Event.FoundInSync found -> last;
            case Event.DriftRepaired repaired -> last;
            case Event.LookFailed failed -> last;
        };
    }

    private static Status file(Status last, boolean successful, List<Problem> problems, AgentSettings settings) {
        return new Status(
                last.file(),
                last.inSync(),
                last.since(),
                last.policy(),
                settings,
                last.digest(),
                successful,
                last.reloaded(),
                problems,
                last.lastError(),
                last.drifts());
    }
}
