package io.portero.reconcile;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.policy.Reference.ListFile;
import io.portero.state.DiskWriter;
import io.portero.state.LastGood;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The last confirmed policy: the target of a rollback, and the fallback at a start.
 *
 * <p>It is kept on disk as the last good policy. The disk thread writes it, so a failure is known later.
 */
final class ConfirmedPolicy {
    private final LastGood lastGood;
    private final Answers answers;
    private final DiskWriter writer;
    private Optional<Loaded.Accepted> confirmed;

    ConfirmedPolicy(PolicyReader reader, Keeping keeping) {
        this.lastGood = keeping.lastGood();
        this.answers = keeping.answers();
        this.writer = keeping.writer();
        var outside = answers.outside(lastGood.lists());
        this.confirmed = lastGood.policy()
                .flatMap(text -> reader.parse(LastGood.POLICY, text, outside) instanceof Loaded.Accepted policy
                        ? Optional.of(policy)
                        : Optional.empty());
    }

    Optional<Loaded.Accepted> loaded() {
        return confirmed;
    }

    Optional<Policy> policy() {
        return confirmed.map(Loaded.Accepted::policy);
    }

    /** The content of its list files. */
    Map<ListFile, AddressSet> lists() {
        return policy().<Map<ListFile, AddressSet>>map(Policy::lists).orElse(Map.of());
    }

    /** Updates the addresses of its names and web lists. */
    void renewAnswers() {
        confirmed = confirmed.map(c -> c.with(answers.addresses()));
    }

    /** Removes expired members. */
    void letMembersLeave(Instant now) {
        confirmed = confirmed.map(c -> c.at(now));
    }

    /** Replaces the confirmed policy; returns the reason if the write could not even be queued. */
    Optional<String> becomes(Compiled target) {
        confirmed = Optional.of(target.loaded());
        return keep(target);
    }

    /** Stores what is in force, although only the file was confirmed, not the addresses of its names and web lists. */
    Optional<String> keep(Compiled target) {
        var lists = target.policy().lists();
        return writer.later(() -> lastGood.keep(target.loaded().text(), lists, target.script()));
    }

    /** Retries a failed write; the reason was reported at the first failure. */
    void retryWrite() {
        writer.later(() -> {
            lastGood.retry();
            return Optional.empty();
        });
    }
}
