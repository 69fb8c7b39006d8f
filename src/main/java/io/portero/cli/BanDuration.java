package io.portero.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** How long a ban lasts, as people and programs write it. */
final class BanDuration {
    private static final Pattern AMOUNT = Pattern.compile("(\\d{1,18})([smhdw]?)");
    private static final Duration LONGEST = Duration.ofDays(3650);

    private BanDuration() {}

    /** Thrown for what is none; the message is a clause that says what would be one. */
    static final class NotADuration extends Exception {
        NotADuration(String why) {
            super(why, null, false, false);
        }
    }

    /** Nothing for a ban without an end, which fail2ban writes as a negative number. */
    static Optional<Duration> parse(String text) throws NotADuration {
        if (text.equals("ever") || text.equals("-1")) {
            return Optional.empty();
        }
        var matcher = AMOUNT.matcher(text);
        if (!matcher.matches()) {
            throw new NotADuration("write 90s, 10m, 1h, 7d, 2w, a number of seconds, or ever");
        }
        long number = Math.min(Long.parseLong(matcher.group(1)), LONGEST.toSeconds() + 1);
        var duration = switch (matcher.group(2)) {
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            case "w" -> Duration.ofDays(7 * number);
            default -> Duration.ofSeconds(number);
        };
        if (duration.isZero() || duration.compareTo(LONGEST) > 0) {
            throw new NotADuration("it is from 1s to " + LONGEST.toDays() + "d, or ever");
        }
        return Optional.of(duration);
    }

    /** The two largest units of it. */
    static String text(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds >= 86_400) {
            return two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
        }
        if (seconds >= 3600) {
            return two(seconds / 3600, "h", seconds % 3600 / 60, "m");
        }
        return seconds >= 60 ? two(seconds / 60, "m", seconds % 60, "s") : seconds + "s";
    }

    private static String two(long large, String unit, long small, String smaller) {
        return large + unit + (small == 0 ? "" : " " + small + smaller);
    }
}
