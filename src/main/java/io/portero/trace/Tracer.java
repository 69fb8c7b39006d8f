package io.portero.trace;

import java.util.function.Consumer;

/** The port to whoever can follow packets through the kernel. */
@FunctionalInterface
public interface Tracer {
    /**
     * Follows the next packets of that kind until there were enough of them or the time is over; nothing of it stays in the
     * kernel, however this process ends.
     *
     * @param listener told of the beginning and of every packet, on the calling thread
     */
    End trace(Wanted wanted, Listener listener);

    /** Is told what happens. */
    interface Listener extends Consumer<TracedPacket> {
        /** Packets are seen from now on. */
        void began();

        /** The kernel told of more than could be heard. */
        void lost();
    }

    /** How it ended. */
    sealed interface End {
        record Complete(int packets) implements End {}

        /** @param why a sentence that says what to do */
        record Failed(String why) implements End {}
    }
}
