package io.portero.config;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.util.Optional;

/** One address, range or network as a user wrote it. */
final class AddressWord {
    private AddressWord() {}

    /** A warning about a valid word: its prefix ignores some bits of the address. */
    static Optional<String> warning(String word, AddressRange range) {
        int slash = word.indexOf('/');
        if (slash < 0) {
            return Optional.empty();
        }
        try {
            return Ip.parse(word.substring(0, slash)).equals(range.first())
                    ? Optional.empty()
                    : Optional.of(word + " has bits set below its prefix and is taken as " + range);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalStateException("parsed before: " + word, e);
        }
    }
}
