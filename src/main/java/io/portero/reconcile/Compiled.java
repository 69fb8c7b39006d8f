package io.portero.reconcile;

import io.portero.compile.PolicyCompiler;
import io.portero.compile.Ruleset;
import io.portero.compile.RulesetPrinter;
import io.portero.config.Loaded;
import io.portero.events.Origin;
import io.portero.policy.Policy;
import io.portero.state.Digest;

/**
 * A policy and the ruleset that it compiles to.
 *
 * @param digest identifies the content of the table
 */
record Compiled(Loaded.Accepted loaded, Origin origin, Ruleset ruleset, String script, String digest) {

    static Compiled of(Loaded.Accepted loaded, Origin origin) {
        var ruleset = PolicyCompiler.compile(loaded.policy());
        var script = RulesetPrinter.print(ruleset);
        return new Compiled(loaded, origin, ruleset, script, Digest.of(script));
    }

    Policy policy() {
        return loaded.policy();
    }
}
