package io.portero.policy;

import java.util.Optional;

/**
 * One line of what must hold: a packet and the verdict it must meet.
 *
 * @param via the interface it comes in by; left out, one that the policy judges
 */
public record PolicyTest(Ip from, Target to, Optional<String> via, Verdict expect) {
    public PolicyTest(Ip from, Target to, Verdict expect) {
        this(from, to, Optional.empty(), expect);
    }
}
