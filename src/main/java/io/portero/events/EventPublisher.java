package io.portero.events;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Updates the status with every event, and sends both to the listeners. Only the loop's thread publishes. */
public final class EventPublisher {
    private static final System.Logger LOG = System.getLogger(EventPublisher.class.getName());

    private final List<ReconcileListener> listeners;
    private final Clock clock;
    private volatile Status status;
    private final List<Event> told = new ArrayList<>();

    public EventPublisher(List<ReconcileListener> listeners, Clock clock, Status status) {
        this.listeners = List.copyOf(listeners);
        this.clock = clock;
        this.status = status;
    }

    public Status status() {
        return status;
    }

    /** The events since the beginning of the last pass. */
    public List<Event> told() {
        return List.copyOf(told);
    }

    public void passBegins() {
        told.clear();
    }

    public void tell(Event event) {
        told.add(event);
        status = StatusBuilder.after(status, event, clock.instant());
        for (var listener : listeners) {
            try {
                listener.on(event, status);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "a listener failed because of a bug; the pass goes on", e);
            }
        }
    }

    /** Sets the policy in force; the caller publishes the event. */
    public void inForce(Status.InForce policy) {
        status = status.withPolicy(policy);
    }
}
