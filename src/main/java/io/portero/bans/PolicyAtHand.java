package io.portero.bans;

import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.config.PolicyReader;
import io.portero.policy.Policy;
import io.portero.state.LastGood;
import java.nio.file.Path;
import java.util.Optional;

/** The policy to use when no agent runs: that of the file, or the last good one if the file is refused or gone. */
public final class PolicyAtHand {
    private final PolicyReader reader;
    private final LastGood lastGood;
    private final Outside.Names names;

    /** @param names the last known addresses of host names */
    public PolicyAtHand(PolicyReader reader, LastGood lastGood, Outside.Names names) {
        this.reader = reader;
        this.lastGood = lastGood;
        this.names = names;
    }

    public Optional<Policy> of(Path file) {
        var outside = Outside.keeping(lastGood.lists(), names);
        return accepted(reader.read(file, outside))
                .or(() -> lastGood.policy().flatMap(text -> accepted(reader.parse(LastGood.POLICY, text, outside))));
    }

    private static Optional<Policy> accepted(Loaded loaded) {
        return loaded instanceof Loaded.Accepted accepted ? Optional.of(accepted.policy()) : Optional.empty();
    }
}
