package io.portero.trace;

import java.util.function.Consumer;

/** The port for following packets through the kernel. */
@FunctionalInterface
public interface Tracer {
    /**
     * Follows the next packets of that kind until the number or the time is reached. Nothing of the trace remains in
     * the kernel, even if this process is killed.
     *
     * @param listener is called at the start and for each packet, on the calling thread
     */
    End trace(Wanted wanted, Listener listener);

    /** Receives what happens. */
    interface Listener extends Consumer<TracedPacket> {
        /** From now on, packets are seen. */
        void began();

        /** The kernel reported more packets than could be received. */
        void lost();
    }

    /** How the trace ended. */
    sealed interface End {
        record Complete(int packets) implements End {}

        /** @param why a sentence that says what to do */
        record Failed(String why) implements End {}
    }
}
