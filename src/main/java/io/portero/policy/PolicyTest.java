package io.portero.policy;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    /** Written out: in a native executable the comparison that comes with a record takes 140 microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof PolicyTest that
                        && from.equals(that.from)
                        && to.equals(that.to)
                        && via.equals(that.via)
                        && at.equals(that.at)
                        && expect == that.expect;
    }

    @Override
    public int hashCode() {
        return Objects.hash(from, to, via, at, expect);
    }
}
