package io.portero.policy;

import java.util.Optional;

/**
 * One line of what must hold: a packet and the verdict it must meet.
 *
 * @param via the interface it comes in by; left out, one that the policy judges and no service names
 * @param at the address that it is sent to; left out, one of this host that no service names
 */
public record PolicyTest(Ip from, Target to, Optional<String> via, Optional<Ip> at, Verdict expect) {
    public PolicyTest(Ip from, Target to, Optional<String> via, Verdict expect) {
        this(from, to, via, Optional.empty(), expect);
    }

    public PolicyTest(Ip from, Target to, Verdict expect) {
        this(from, to, Optional.empty(), expect);
    }
}
