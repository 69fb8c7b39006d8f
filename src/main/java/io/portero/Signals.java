package io.portero;

import sun.misc.Signal;

/** Handles signals of the operating system, for which the JDK has no public API. */
final class Signals {
    private Signals() {}

    /** @param name the name of the signal without SIG */
    static void on(String name, Runnable action) {
        Signal.handle(new Signal(name), signal -> action.run());
    }
}
