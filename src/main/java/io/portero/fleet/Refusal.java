package io.portero.fleet;

import java.util.Locale;

/** Thrown when an offer is refused; the message is one sentence. The policy in force stays. */
public final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    /** The reason, as a word for a metric. */
    public enum Kind {
        TOO_LARGE,
        MALFORMED,
        UNSIGNED,
        FOREIGN,
        EXPIRED,
        OLDER,
        LIST,
        LAYER;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final Kind kind;

    public Refusal(Kind kind, String sentence) {
        super(sentence, null, false, false);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }

    public String sentence() {
        return String.valueOf(getMessage());
    }
}
