package io.portero.policy;

import java.time.Duration;

/** What happens to a running flow when its source loses access to the service. */
public sealed interface OnRevoke {
    static OnRevoke cut() {
        return new Cut();
    }

    static OnRevoke drain() {
        return new Drain(Drain.USUAL);
    }

    /** It stops at once. */
    record Cut() implements OnRevoke {
        @Override
        public String toString() {
            return "cut";
        }
    }

    /**
     * It may go on, while new flows are refused.
     *
     * @param atMost how long after the removal it is cut, whatever it carries
     */
    record Drain(Duration atMost) implements OnRevoke {
        static final Duration USUAL = Duration.ofHours(4);
        public static final Duration SHORTEST = Duration.ofSeconds(1);
        /** A source that may go on for longer than that has not been removed. */
        public static final Duration LONGEST = Duration.ofDays(7);

        @Override
        public String toString() {
            return "drain " + Times.print(atMost);
        }
    }

    default boolean drains() {
        return switch (this) {
            case Cut cut -> false;
            case Drain drain -> true;
        };
    }
}
