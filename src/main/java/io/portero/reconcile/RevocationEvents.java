package io.portero.reconcile;

import io.portero.events.Event;
import io.portero.events.EventPublisher;
import io.portero.policy.Ip;
import io.portero.revocation.RevocationListener;
import java.util.List;
import java.util.Map;

/** Publishes events about revoked and draining flows. */
record RevocationEvents(EventPublisher events) implements RevocationListener {
    @Override
    public void cut(List<Ip> cut, List<Ip> returned) {
        events.tell(new Event.FlowsCut(cut, returned));
    }

    @Override
    public void draining(Map<String, Integer> flows) {
        events.tell(new Event.Draining(flows));
    }
}
