package io.portero.policy;

import java.util.Arrays;

/** Creates sets of addresses for tests. */
public final class Addresses {
    private Addresses() {}

    public static AddressSet of(String... words) {
        return AddressSet.of(Arrays.stream(words).map(Addresses::range).toList());
    }

    public static AddressRange range(String word) {
        try {
            return AddressRange.parse(word);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(word, e);
        }
    }
}
