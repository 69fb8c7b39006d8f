package io.portero.demo;

import io.portero.lab.Lab;
import io.portero.lab.Patience;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.policy.Explainer;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Lets every client try every door over both families at once, and compares the results with the policy. */
final class Survey {
    private static final Duration WHERE_OPEN = Patience.of(Duration.ofSeconds(5));
    private static final Duration WHERE_SHUT = Patience.of(Duration.ofMillis(700));

    private final Lab lab;

    Survey(Lab lab) {
        this.lab = lab;
    }

    /** One attempt: the verdict of the policy, and what happened. */
    record Try(Someone who, Door door, Family family, Verdict said, Reach seen) {
        boolean agrees() {
            return (said == Verdict.ACCEPT) == (seen == Reach.OPEN);
        }

        String sentence() {
            return door.target() + " by " + who.name() + " from " + who.address(family) + ": the policy says "
                    + said.word() + ", but it was "
                    + (seen == Reach.OPEN ? "open" : seen.name().toLowerCase(java.util.Locale.ROOT));
        }
    }

    List<Try> ask(Explainer policy, List<Someone> everybody) {
        var tries = new ArrayList<CompletableFuture<Try>>();
        for (var door : Door.ALL) {
            for (var who : everybody) {
                for (var family : Family.values()) {
                    if (isPossible(who, door)) {
                        tries.add(ask(policy, who, door, family));
                    }
                }
            }
        }
        return tries.stream().map(CompletableFuture::join).toList();
    }

    /** Echo requests use only the default address of a place. */
    static boolean isPossible(Someone who, Door door) {
        return who.isHome() || door.target() instanceof Target.Port;
    }

    private CompletableFuture<Try> ask(Explainer policy, Someone who, Door door, Family family) {
        var said = policy.explain(address(who.address(family)), door.target()).verdict();
        var patience = said == Verdict.ACCEPT ? WHERE_OPEN : WHERE_SHUT;
        var outpost = lab.from(who.place());
        var to = Place.HOST.address(family);
        var seen = switch (door.target()) {
            case Target.Ping ping -> outpost.ping(to, patience);
            case Target.Port at ->
                outpost.reach(
                        at.port().protocol(), who.address(family), to, at.port().first(), patience);
        };
        return seen.thenApply(reach -> new Try(who, door, family, said, reach));
    }

    private static Ip address(String literal) {
        try {
            return Ip.parse(literal);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalStateException(e);
        }
    }
}
