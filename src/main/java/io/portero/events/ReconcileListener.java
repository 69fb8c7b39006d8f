package io.portero.events;

/**
 * Is told what happens, on the thread that does it.
 *
 * <p>A listener returns soon and throws nothing; the firewall does not wait for it.
 */
@FunctionalInterface
public interface ReconcileListener {
    /** @param now the state after the event */
    void on(Event event, Status now);
}
