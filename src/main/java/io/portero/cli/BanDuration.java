package io.portero.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/** The duration of a ban, in the formats that people and programs use. */
final class BanDuration {
    private static final Pattern SECONDS = Pattern.compile("\\d{1,18}");
    private static final Pattern AMOUNTS = Pattern.compile("(\\d{1,18}[smhdwy])+");
    private static final Pattern AMOUNT = Pattern.compile("(\\d+)([smhdwy])");
    private static final Duration LONGEST = Duration.ofDays(3650);

    private BanDuration() {}

    /** Thrown for an invalid value; the message is a clause that says what would be valid. */
    static final class NotADuration extends Exception {
        NotADuration(String why) {
            super(why, null, false, false);
        }
    }

    /** Empty for a ban without an end, which fail2ban writes as a negative number. */
    static Optional<Duration> parse(String text) throws NotADuration {
        if (text.equals("ever") || text.equals("-1")) {
            return Optional.empty();
        }
        long seconds;
        if (SECONDS.matcher(text).matches()) {
            seconds = Long.parseLong(text);
        } else if (AMOUNTS.matcher(text).matches()) {
            seconds = AMOUNT.matcher(text)
                    .results()
                    .mapToLong(m -> seconds(Long.parseLong(m.group(1)), m.group(2)))
                    .reduce(0, (x, y) -> Math.min(x + y, Long.MAX_VALUE / 2));
        } else {
            throw new NotADuration("write 90s, 10m, 1h, 7d, 2w, 1h30m, a number of seconds, or ever");
        }
        if (seconds == 0 || seconds > LONGEST.toSeconds()) {
            throw new NotADuration("it is from 1s to " + LONGEST.toDays() + "d, or ever");
        }
        return Optional.of(Duration.ofSeconds(seconds));
    }

    private static long seconds(long number, String unit) {
        long each = switch (unit) {
            case "m" -> 60;
            case "h" -> 3600;
            case "d" -> 86_400;
            case "w" -> 7 * 86_400;
            case "y" -> 365 * 86_400;
            default -> 1;
        };
        return Math.min(number, LONGEST.toSeconds() + 1) * each;
    }

    /** The duration in its two largest units. */
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
