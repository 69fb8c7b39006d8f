package io.portero.state;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.ListFile;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Stores the last confirmed policy: its YAML, the content of its lists at that time, and a plain nft script.
 *
 * <p>All three are one generation in one file, {@code last-good.nft}, which is replaced atomically. The script comes
 * first; policy and lists follow as comments. So {@code nft -f} loads it at boot without the agent and without a
 * resolver, and an agent with a refused or missing file falls back to exactly that policy. {@code last-good.yaml} is a
 * copy of the policy for people; it is read only if the script holds no policy, as in version 0.1. A failed write is
 * retried until it succeeds.
 */
public final class LastGood {
    public static final String POLICY = "last-good.yaml";
    public static final String SCRIPT = "last-good.nft";

    /** The file of version 0.1, beside its policy. */
    private static final String LISTS = "last-good.lists";

    private final StateDirectory state;
    private @Nullable Generation owed;

    public LastGood(StateDirectory state) {
        this.state = state;
    }

    /** Returns the reason if it could not be stored. */
    public Optional<String> keep(String policy, Map<ListFile, AddressSet> lists, String script) {
        return keep(new Generation(policy, lists, script));
    }

    /** Retries a failed write; to be called when the disk may have room again. */
    public Optional<String> retry() {
        Generation next;
        synchronized (this) {
            next = owed;
        }
        return next == null ? Optional.empty() : keep(next);
    }

    private synchronized Optional<String> keep(Generation next) {
        var failed = write(SCRIPT, next.text()).or(() -> write(POLICY, next.policy()));
        owed = failed.isPresent() ? next : null;
        if (failed.isEmpty()) {
            state.delete(LISTS);
        }
        return failed;
    }

    private Optional<String> write(String name, String content) {
        return state.read(name).filter(content::equals).isPresent() ? Optional.empty() : state.write(name, content);
    }

    public Optional<String> policy() {
        return kept().map(Generation::policy).or(() -> state.read(POLICY));
    }

    /** The content of the lists of that policy. */
    public Map<ListFile, AddressSet> lists() {
        return kept().map(Generation::lists)
                .orElseGet(() -> ListsText.parse(state.read(LISTS).orElse("")));
    }

    private Optional<Generation> kept() {
        return state.read(SCRIPT).flatMap(Generation::parse);
    }
}
