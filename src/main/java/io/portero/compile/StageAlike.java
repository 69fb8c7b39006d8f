package io.portero.compile;

import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Policy;
import java.util.ArrayList;
import java.util.List;

/** The rules for packets to which both policies give the same verdict. */
final class StageAlike {
    private final StageChange change;
    private final Policy refusing;
    private final AddressSet leftOut;
    private final StageSets sets;

    /** @param refusing the policy that refuses the packets that the other policy admits */
    StageAlike(StageChange change, Policy refusing, AddressSet leftOut, StageSets sets) {
        this.change = change;
        this.refusing = refusing;
        this.leftOut = leftOut;
        this.sets = sets;
    }

    /** Ends the evaluation of packets with the same verdict, independent of services. */
    Chain apart() {
        var rules = new ArrayList<Rule>();
        rules.add(new Rule("answers to this host", "ct direction reply accept"));
        rules.add(new Rule("ICMP about a known flow", "ct state related meta l4proto { 1, 58 } accept"));
        if (change == StageChange.ADMIT) {
            rules.add(new Rule("invalid", "ct state invalid accept"));
        }
        rules.addAll(rules());
        rules.add(Delivery.passOnOthers());
        return Chain.of(change.chain() + ".apart", rules);
    }

    /** Ends the evaluation of packets that pass or are dropped whatever either policy says about the source. */
    List<Rule> rules() {
        var rules = new ArrayList<Rule>();
        refusing.trustedInterfaces()
                .forEach(i -> rules.add(new Rule("trusted-interfaces: " + i, InterfaceMatch.in(i) + " accept")));
        rules.addAll(NecessaryTraffic.jumps());
        for (var family : Family.values()) {
            if (!leftOut.only(family).isEmpty()) {
                var name = "left_out_" + family.suffix();
                sets.add(name, family, leftOut.only(family));
                rules.add(new Rule("banned, or a guest", SourceSets.saddr(family) + " @" + name + " accept"));
            }
        }
        return rules;
    }
}
