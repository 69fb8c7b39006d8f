package io.portero.apply;

import java.util.Optional;

/**
 * Keeps the last policy that was confirmed, as its YAML and as a plain nft script.
 *
 * <p>The script needs neither the agent nor a resolver: {@code nft -f} loads it at boot. The YAML is what an agent with a
 * refused or missing file goes back to.
 */
public final class LastGood {
    public static final String POLICY = "last-good.yaml";
    public static final String SCRIPT = "last-good.nft";

    private final StateDirectory state;

    public LastGood(StateDirectory state) {
        this.state = state;
    }

    /** The reason when it could not be kept. */
    public Optional<String> keep(String policy, String script) {
        if (state.read(POLICY).filter(policy::equals).isPresent()
                && state.read(SCRIPT).filter(script::equals).isPresent()) {
            return Optional.empty();
        }
        var failed = state.write(POLICY, policy);
        return failed.isPresent() ? failed : state.write(SCRIPT, script);
    }

    public Optional<String> policy() {
        return state.read(POLICY);
    }
}
