package io.portero.reconcile;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Keeps the status up to date with every event, and tells the listeners both. Only the loop's thread publishes. */
final class EventPublisher {
    private static final System.Logger LOG = System.getLogger(EventPublisher.class.getName());

    private final List<ReconcileListener> listeners;
    private final Clock clock;
    private volatile Status status;
    private final List<Event> told = new ArrayList<>();

    EventPublisher(List<ReconcileListener> listeners, Clock clock, Status status) {
        this.listeners = List.copyOf(listeners);
        this.clock = clock;
        this.status = status;
    }

    Status status() {
        return status;
    }

    /** What was told since the latest pass began. */
    List<Event> told() {
        return List.copyOf(told);
    }

    void passBegins() {
        told.clear();
    }

    void tell(Event event) {
        told.add(event);
        status = StatusBuilder.after(status, event, clock.instant());
        for (var listener : listeners) {
            try {
                listener.on(event, status);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a listener failed by a bug; the pass goes on", e);
            }
        }
    }

    /** Another policy is in force; the event that says so comes from whoever put it there. */
    void inForce(Compiled target) {
        status = status.withPolicy(new Status.InForce(
                target.policy(),
                target.origin(),
                target.digest(),
                target.loaded().text()));
    }
}
