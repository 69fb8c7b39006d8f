package io.portero.policy;

import java.time.Duration;

/** Durations as a policy writes them: a number and the largest unit that needs no fraction. */
public final class Times {
    private Times() {}

    public static String print(Duration time) {
        if (time.toMillis() % 1000 != 0) {
            return time.toMillis() + "ms";
        }
        long seconds = time.toSeconds();
        if (seconds == 0 || seconds % 60 != 0) {
            return seconds + "s";
        }
        return seconds % 3600 != 0
                ? seconds / 60 + "m"
                : seconds % 86_400 != 0 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }
}
