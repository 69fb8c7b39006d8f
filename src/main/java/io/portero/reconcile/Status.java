package io.portero.reconcile;

import io.portero.config.AgentSettings;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How things stand, as of the last pass.
 *
 * @param inSync whether the kernel held what the policy says when it was last looked at or changed
 * @param since when {@code inSync} last became what it is
 * @param policy the one in force; none before the first could be applied
 * @param digest names the content of the table that belongs to the policy; empty without one
 * @param problems of the file as it lies on disk
 * @param reloaded when a file was last accepted and put in force
 * @param drifts the latest, newest first
 */
public record Status(
        String file,
        boolean inSync,
        Instant since,
        Optional<Policy> policy,
        AgentSettings settings,
        String digest,
        boolean lastReloadSuccessful,
        Optional<Instant> reloaded,
        List<Problem> problems,
        Optional<String> lastError,
        List<SeenDrift> drifts) {

    public Status {
        problems = List.copyOf(problems);
        drifts = List.copyOf(drifts);
    }

    /** A drift and when it was found. */
    public record SeenDrift(Instant at, Drift drift) {}
}
