package io.portero.events;

/**
 * Receives events, on the thread that caused them.
 *
 * <p>A listener returns soon and throws nothing; the firewall does not wait for it.
 */
@FunctionalInterface
public interface ReconcileListener {
    /** @param now the state after the event */
    void on(Event event, Status now);
}
