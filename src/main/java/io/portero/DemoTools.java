package io.portero;

import java.util.List;

/** The demonstration, as the command line calls it. */
final class DemoTools {
    private DemoTools() {}

    static int demo(boolean colour) {
        System.err.println("portero: the demonstration is not part of this build");
        return 1;
    }

    static int probe(List<String> arguments) {
        return demo(false);
    }
}
