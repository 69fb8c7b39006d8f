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
 * The policy that was confirmed last: the one to go back to, and the one that a start falls back on.
 *
 * <p>It is kept on disk as the last good policy. The write is left to the disk's own thread, so that a failure is known later.
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

    /** What its list files held. */
    Map<ListFile, AddressSet> lists() {
        return policy().<Map<ListFile, AddressSet>>map(Policy::lists).orElse(Map.of());
    }

    /** Its names and its lists on the web stand for what they stand for now. */
    void renewAnswers() {
        confirmed = confirmed.map(c -> c.with(answers.addresses()));
    }

    /** Without the members whose time is over. */
    void letMembersLeave(Instant now) {
        confirmed = confirmed.map(c -> c.at(now));
    }

    /** From now on it is this one; the reason when the write could not even be left to be done. */
    Optional<String> becomes(Compiled target) {
        confirmed = Optional.of(target.loaded());
        return keep(target);
    }

    /** Keeps on disk what is in force, though what was confirmed is the file and not what its names and lists on the web stand for. */
    Optional<String> keep(Compiled target) {
        var lists = target.policy().lists();
        return writer.later(() -> lastGood.keep(target.loaded().text(), lists, target.script()));
    }

    /** Tries again what could not be written; the reason was told at the first try. */
    void retryWrite() {
        writer.later(() -> {
            lastGood.retry();
            return Optional.empty();
        });
    }
}
