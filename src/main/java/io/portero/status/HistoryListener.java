package io.portero.status;

import io.portero.events.Event;
import io.portero.events.Origin;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.events.Trigger;
import io.portero.policy.AddressSet;
import io.portero.policy.Reference.ListFile;
import io.portero.state.DiskWriter;
import io.portero.state.PolicyHistory;
import java.time.Clock;
import java.util.Map;

/**
 * Records each policy that came into force in the {@link PolicyHistory}, through a background writer.
 *
 * <p>New addresses of a host name are no new policy. The fallback without a policy is not recorded.
 */
public final class HistoryListener implements ReconcileListener {
    private final PolicyHistory history;
    private final Clock clock;
    private final DiskWriter writer;
    private String text = "";
    private Map<ListFile, AddressSet> lists = Map.of();

    /**
     * @param writer writes in the background, so that the firewall does not wait for a disk; what it refuses is lost
     */
    public HistoryListener(PolicyHistory history, Clock clock, DiskWriter writer) {
        this.history = history;
        this.clock = clock;
        this.writer = writer;
    }

    @Override
    public void on(Event event, Status now) {
        if (event instanceof Event.ApplyEnded ended) {
            now.policy()
                    .filter(inForce -> inForce.origin() != Origin.FALLBACK)
                    .filter(inForce -> inForce.digest().equals(ended.digestAfter()))
                    .ifPresent(inForce -> cameIntoForce(ended.trigger(), inForce));
        } else if (event instanceof Event.ProbationBegan) {
            writer.later(history::probationBegan);
        } else if (event instanceof Event.ProbationEnded ended) {
            var how = ended.end().word();
            writer.later(() -> history.probationEnded(how));
        }
    }

    private void cameIntoForce(Trigger why, Status.InForce inForce) {
        var next = inForce.policy().lists();
        if (inForce.text().equals(text) && next.equals(lists)) {
            return;
        }
        text = inForce.text();
        lists = next;
        var content = new PolicyHistory.Content(inForce.text(), next);
        var at = clock.instant();
        var refused = writer.later(() -> history.cameIntoForce(at, why.word(), inForce.digest(), content));
        if (refused.isPresent()) {
            text = ""; // the next policy must be recorded, even if it is the same
        }
    }
}
