package io.portero.status;

import io.portero.apply.Firewall.Count;
import io.portero.compile.Reason;
import java.util.Map;
import java.util.Optional;

/**
 * Says when packets were refused that another table exempts from connection tracking.
 *
 * <p>Answers to what this host asks may be among them, a name server's for instance: without tracking nobody can tell.
 */
public final class UntrackedTraffic {
    private UntrackedTraffic() {}

    /** One sentence, when there were any. */
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
