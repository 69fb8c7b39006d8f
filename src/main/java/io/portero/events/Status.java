package io.portero.events;

import io.portero.bans.Ban;
import io.portero.config.AgentSettings;
import io.portero.drift.Attribution;
import io.portero.guests.Guest;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import io.portero.policy.Uplink;
import io.portero.stage.Staged;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The state after the last pass.
 *
 * @param inSync whether the kernel held what the policy says when it was last looked at or changed
 * @param since when {@code inSync} last changed
 * @param policy the policy in force; none before the first was applied
 * @param lastError the current error that prevents a repair of the kernel, if any
 * @param probationUntil when the policy in force is rolled back unless it is confirmed
 * @param drifts the latest drifts, newest first
 * @param contention the program that keeps changing our table, during contention
 * @param observed the last known state of this host besides the policy
 */
public record Status(
        boolean inSync,
        Instant since,
        Optional<InForce> policy,
        FileStatus file,
        Optional<String> lastError,
        Optional<Instant> probationUntil,
        List<SeenDrift> drifts,
        Optional<String> contention,
        Observed observed) {

    public Status {
        drifts = List.copyOf(drifts);
    }

    /**
     * The policy in force.
     *
     * @param digest identifies the content of its table
     * @param text the text of its file; empty if there was none
     */
    public record InForce(Policy policy, Origin origin, String digest, String text) {
        public InForce(Policy policy, Origin origin, String digest) {
            this(policy, origin, digest, "");
        }
    }

    /**
     * The last known state of this host besides the policy.
     *
     * @param bans the bans in force at their last change
     * @param guests the guests in force at their last change
     * @param draining the number of draining flows, by service
     * @param trusted the uplinks that the policy in force trusts by accident
     * @param staged the staged policy
     */
    public record Observed(
            List<Ban> bans,
            List<Guest> guests,
            Map<String, Integer> draining,
            List<Uplink> trusted,
            Optional<Staged> staged) {
        public static final Observed EMPTY = new Observed(List.of(), List.of(), Map.of(), List.of(), Optional.empty());

        public Observed {
            bans = List.copyOf(bans);
            guests = List.copyOf(guests);
            draining = Map.copyOf(draining);
            trusted = List.copyOf(trusted);
        }
    }

    /**
     * The policy file on disk.
     *
     * @param lastReloadSuccessful whether its last read content is in force
     * @param reloaded when its content was last put in force
     */
    public record FileStatus(
            String path,
            AgentSettings settings,
            boolean lastReloadSuccessful,
            Optional<Instant> reloaded,
            List<Problem> problems) {
        public FileStatus {
            problems = List.copyOf(problems);
        }
    }

    /**
     * A drift, and how long it lasted, if known.
     *
     * @param at the time of the repair, or of the try
     */
    public record SeenDrift(Instant at, Attribution.Attributed drift, Optional<Duration> stood) {}

    /** @param settings the settings until the file is read */
    public static Status initial(String path, AgentSettings settings, Instant now) {
        var file = new FileStatus(path, settings, false, Optional.empty(), List.of());
        return new Status(
                false,
                now,
                Optional.empty(),
                file,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Observed.EMPTY);
    }

    Status withSync(boolean nowInSync, Optional<String> error, Instant now) {
        var changed = nowInSync == inSync ? since : now;
        return new Status(nowInSync, changed, policy, file, error, probationUntil, drifts, contention, observed);
    }

    Status withPolicy(InForce next) {
        return new Status(
                inSync, since, Optional.of(next), file, lastError, probationUntil, drifts, contention, observed);
    }

    Status withFile(FileStatus next) {
        return new Status(inSync, since, policy, next, lastError, probationUntil, drifts, contention, observed);
    }

    Status withProbation(Optional<Instant> until) {
        return new Status(inSync, since, policy, file, lastError, until, drifts, contention, observed);
    }

    Status withDrifts(List<SeenDrift> next) {
        return new Status(inSync, since, policy, file, lastError, probationUntil, next, contention, observed);
    }

    Status withContention(Optional<String> program) {
        return new Status(inSync, since, policy, file, lastError, probationUntil, drifts, program, observed);
    }

    Status withBans(List<Ban> next) {
        return withObserved(
                new Observed(next, observed.guests(), observed.draining(), observed.trusted(), observed.staged()));
    }

    Status withGuests(List<Guest> next) {
        return withObserved(
                new Observed(observed.bans(), next, observed.draining(), observed.trusted(), observed.staged()));
    }

    Status withDraining(Map<String, Integer> next) {
        return withObserved(
                new Observed(observed.bans(), observed.guests(), next, observed.trusted(), observed.staged()));
    }

    Status withTrusted(List<Uplink> next) {
        return withObserved(
                new Observed(observed.bans(), observed.guests(), observed.draining(), next, observed.staged()));
    }

    Status withStaged(Optional<Staged> next) {
        return withObserved(
                new Observed(observed.bans(), observed.guests(), observed.draining(), observed.trusted(), next));
    }

    private Status withObserved(Observed next) {
        return new Status(inSync, since, policy, file, lastError, probationUntil, drifts, contention, next);
    }

    public List<Guest> guests() {
        return observed.guests();
    }

    public List<Ban> bans() {
        return observed.bans();
    }
}
