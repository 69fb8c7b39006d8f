package io.portero.migration;

import io.portero.migration.Chain.Action;
import io.portero.migration.ForeignRules.Reading;
import io.portero.policy.AddressSet;
import java.util.Map;

/** Follows chains as a packet does, and collects what they admit and refuse. */
final class ChainWalk {
    private static final int DEPTH = 16;

    private final Map<String, Chain> chains;
    private final Reading reading;
    private boolean ended;
    private AddressSet everybody = ForeignRule.ANYBODY;

    ChainWalk(Map<String, Chain> chains, Reading reading) {
        this.chains = chains;
        this.reading = reading;
    }

    /** Walks from a base chain; returns whether it refuses what no rule admits. */
    boolean from(Chain base, AddressSet everybody) {
        ended = false;
        this.everybody = everybody;
        walk(base, Match.all(everybody), 0);
        return ended || base.closed();
    }

    private void walk(Chain chain, Match outer, int depth) {
        var here = outer;
        for (var rule : chain.rules()) {
            var match = here.and(rule.match());
            if (ended || match.kind() == Match.Kind.SETTLED) {
                continue;
            }
            switch (rule.action()) {
                case Action.Nothing ignored -> {}
                case Action.Unknown unknown -> reading.left(rule.where(), rule.text(), unknown.why());
                case Action.Admit ignored -> decide(rule, match, true);
                case Action.Refuse ignored -> {
                    ended |= depth == 0 && rule.match().isEverything(everybody);
                    decide(rule, match, false);
                }
                case Action.Return ignored -> {
                    if (rule.match().isEverything(everybody)) {
                        return;
                    }
                    if (!rule.match().isAboutSourcesAlone()) {
                        reading.left(
                                rule.where(),
                                rule.text(),
                                "it leaves the chain early, which a policy cannot express; the rest of the"
                                        + " chain is left out");
                        return;
                    }
                    here = here.without(rule.match().from());
                }
                case Action.Jump jump -> {
                    jump(rule, jump, match, depth);
                    if (!jump.returns()) {
                        if (!rule.match().isAboutSourcesAlone()) {
                            return; // the rest is left out: the result admits less than before, never more
                        }
                        here = here.without(rule.match().from());
                    }
                }
            }
        }
    }

    private void jump(Chain.Rule rule, Action.Jump jump, Match match, int depth) {
        var target = chains.get(jump.chain());
        if (target == null || depth == DEPTH) {
            reading.left(
                    rule.where(), rule.text(), "a policy has nothing like the chain or target " + jump.chain() + "");
        } else {
            walk(target, match, depth + 1);
        }
    }

    private void decide(Chain.Rule rule, Match match, boolean admits) {
        if (!match.odd().isEmpty()) {
            var why = match.odd().getFirst();
            reading.left(rule.where(), rule.text(), admits ? why : "IT REFUSED, AND THIS POLICY DOES NOT: " + why);
        } else if (match.kind() == Match.Kind.PING) {
            if (admits) {
                reading.ping(match.from());
            }
        } else if (!admits && (ended || match.isEverything(everybody))) {
            ended = true;
        } else {
            reading.rule(new ForeignRule(
                    rule.where(), admits, match.ports(), match.from(), match.to(), match.on(), rule.note()));
            if (admits && match.ports().isEmpty()) {
                reading.ping(match.from());
            }
        }
    }
}
