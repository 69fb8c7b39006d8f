package io.portero.lab;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The factor for all time limits on a slow machine: {@code PORTERO_DEMO_PATIENCE}, 1 by default.
 *
 * <p>It applies to answers that must come and to silence that must last, since both need a wait. An emulated processor
 * takes 20 times as long ({@code make kernel-test}). A native executable has its factor fixed at build time.
 */
public final class Patience {
    private static final int FACTOR = factor(System.getenv("PORTERO_DEMO_PATIENCE"));

    private Patience() {}

    public static Duration of(Duration usual) {
        return usual.multipliedBy(FACTOR);
    }

    /** Parses the factor; anything but a positive number means 1. */
    static int factor(@Nullable String text) {
        return text != null && text.matches("[1-9]\\d{0,3}") ? Integer.parseInt(text) : 1;
    }
}
