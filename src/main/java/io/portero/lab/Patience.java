package io.portero.lab;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How much longer everything may take on a slow machine: the factor {@code PORTERO_DEMO_PATIENCE}, 1 by default.
 *
 * <p>It stretches what must come and what must stay silent alike, since both are told by waiting. An emulated processor
 * takes 20 times as long ({@code make kernel-test}). A native executable was given its factor when it was built.
 */
public final class Patience {
    private static final int FACTOR = factor(System.getenv("PORTERO_DEMO_PATIENCE"));

    private Patience() {}

    public static Duration of(Duration usual) {
        return usual.multipliedBy(FACTOR);
    }

    /** The factor that a text names; whatever is no positive number changes nothing. */
    static int factor(@Nullable String text) {
        return text != null && text.matches("[1-9]\\d{0,3}") ? Integer.parseInt(text) : 1;
    }
}
