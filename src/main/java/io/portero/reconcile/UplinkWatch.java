package io.portero.reconcile;

import io.portero.events.Event;
import io.portero.policy.Policy;
import io.portero.policy.Uplink;
import io.portero.safety.HostView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Detects an uplink that the policy in force trusts.
 *
 * <p>Interfaces and routes can change after a policy was accepted: a bridge becomes the uplink, or an uplink gets a
 * name that a pattern matches. The policy stays in force, because the intention is unknown; the problem is reported.
 */
final class UplinkWatch {
    private static final Duration AT_MOST_EVERY = Duration.ofSeconds(5);

    private final HostView host;
    private final LongSupplier nanoTime;
    private List<Uplink> seen = List.of();
    private Optional<Object> mark = Optional.empty();
    private long marked;

    UplinkWatch(HostView host, LongSupplier nanoTime) {
        this.host = host;
        this.nanoTime = nanoTime;
    }

    /**
     * Whether the network of this host has changed since the last change that was reported. It looks at most every 5
     * seconds. The loop calls it at each turn, at least every 10 seconds, which is cheaper than a child process that
     * listens.
     */
    boolean hasNews() {
        long now = nanoTime.getAsLong();
        if (mark.isPresent() && now - marked < AT_MOST_EVERY.toNanos()) {
            return false;
        }
        marked = now;
        var before = mark;
        mark = Optional.of(host.networkMark());
        return before.isPresent() && !before.equals(mark);
    }

    /**
     * The uplinks, if they or their trust have changed since the last call; uplinks that are trusted on purpose do not
     * count as trusted.
     */
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
