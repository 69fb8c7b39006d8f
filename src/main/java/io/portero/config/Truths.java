package io.portero.config;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The words for true and false. */
final class Truths {
    /** YAML 1.2, section 10.3.2. */
    private static final Map<String, String> TRUTHS = Map.of(
            "true", "true", "True", "true", "TRUE", "true", "false", "false", "False", "false", "FALSE", "false");

    /** Words that YAML 1.1 also accepted as booleans. */
    private static final Map<String, String> FORMER_TRUTHS =
            Map.of("yes", "true", "on", "true", "y", "true", "no", "false", "off", "false", "n", "false");

    private Truths() {}

    static Optional<String> of(String word) {
        return Optional.ofNullable(TRUTHS.get(word));
    }

    static Optional<String> meantBy(String word) {
        return Optional.ofNullable(FORMER_TRUTHS.get(word.toLowerCase(Locale.ROOT)));
    }
}
