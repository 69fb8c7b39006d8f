package io.portero.reconcile;

import io.portero.policy.Policy;
import io.portero.policy.Uplink;
import io.portero.safety.HostView;
import java.util.List;
import java.util.Optional;

/**
 * Notices that the Internet comes in by an interface that the policy in force trusts.
 *
 * <p>Interfaces and routes change after a policy was judged: a bridge becomes the uplink, or an uplink gets a name that a
 * pattern matches. The policy stays in force, since nothing says what else is meant; it is told.
 */
final class UplinkWatch {
    private final HostView host;
    private List<Uplink> seen = List.of();

    UplinkWatch(HostView host) {
        this.host = host;
    }

    /** The uplinks, if they or the trust in them are others than when this was last asked; none is trusted on purpose. */
    Optional<Event.UplinksSeen> look(Policy policy) {
        var now = Uplink.of(policy, host.surroundings()).stream()
                .map(uplink -> policy.safety().trustUplink() ? uplink.untrusted() : uplink)
                .toList();
        if (now.equals(seen)) {
            return Optional.empty();
        }
        seen = now;
        return Optional.of(new Event.UplinksSeen(now));
    }
}
