package io.portero.status;

import io.portero.apply.Firewall.Count;
import io.portero.compile.Reason;
import java.util.Map;
import java.util.Optional;

/**
 * Reports dropped packets that another table exempts from connection tracking.
 *
 * <p>They may include answers to this host, for example from a name server: without tracking this is unknown.
 */
public final class UntrackedTraffic {
    private UntrackedTraffic() {}

    /** One sentence, if there were any. */
    public static Optional<String> remark(Map<String, Count> counters) {
        long packets =
                counters.getOrDefault(Reason.UNTRACKED.counter(), Count.ZERO).packets();
        return packets == 0
                ? Optional.empty()
                : Optional.of(packets + " packets were dropped because another table exempts them from"
                        + " connection tracking (notrack); if answers to this host are missing, remove that"
                        + " rule, or admit their sources with a service");
    }
}
