package io.portero.config;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.util.Optional;

/** One address, range or network as somebody wrote it. */
final class AddressWord {
    private AddressWord() {}

    /** What to warn of in a word that is right: bits that its prefix cuts off. */
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
