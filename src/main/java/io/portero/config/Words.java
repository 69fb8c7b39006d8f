package io.portero.config;

import io.portero.policy.Times;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Parses the single words of a policy file, and reports the right form for an invalid word. */
final class Words {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    /** As nanoseconds, a longer time does not fit into 64 bits; nobody needs a longer one than this. */
    private static final Duration LONGEST = Duration.ofDays(3650);

    private final PolicyDocument document;
    private final Findings findings;

    Words(PolicyDocument document, Findings findings) {
        this.document = document;
        this.findings = findings;
    }

    <E extends Enum<E>> E choice(String key, String word, Class<E> choices, E fallback) {
        var found = Arrays.stream(choices.getEnumConstants())
                .filter(c -> word(c).equals(word))
                .findFirst();
        if (found.isEmpty()) {
            var known =
                    Arrays.stream(choices.getEnumConstants()).map(Words::word).toList();
            refuse(
                    key,
                    "\"" + PolicyDocument.printable(word) + "\" is not one of " + String.join(", ", known)
                            + Nearest.suggestion(word, known));
        }
        return found.orElse(fallback);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** A number with a unit, at least {@code least} and at most ten years. */
    Duration duration(String key, String word, Duration least, Duration fallback) {
        return duration(key, word, least, LONGEST, "", fallback);
    }

    /** @param why why no longer time is possible, as the end of a sentence */
    Duration duration(String key, String word, Duration least, Duration most, String why, Duration fallback) {
        var matcher = DURATION.matcher(word);
        if (!matcher.matches()) {
            refuse(
                    key,
                    "\"" + PolicyDocument.printable(word)
                            + "\" is not a time; write a number and ms, s, m, h or d, such as 30s");
            return fallback;
        }
        long number = Long.parseLong(matcher.group(1));
        var duration = switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
        if (duration.compareTo(least) < 0) {
            refuse(key, word + " is too short; the minimum is " + print(least));
            return fallback;
        }
        if (duration.compareTo(most) > 0) {
            refuse(key, word + " is too long; the maximum is " + Times.print(most) + why);
            return fallback;
        }
        return duration;
    }

    int port(String key, String word, int fallback) {
        if (word.matches("\\d{1,5}")) {
            int port = Integer.parseInt(word);
            if (port >= 1 && port <= 65535) {
                return port;
            }
        }
        refuse(key, "\"" + PolicyDocument.printable(word) + "\" is not a port; a port is a number from 1 to 65535");
        return fallback;
    }

    Optional<String> required(String key, Optional<String> word, String example) {
        if (word.isEmpty() && !document.has(key)) {
            refuse(key, "it is missing; write one, such as " + example);
        }
        return word;
    }

    private void refuse(String key, String sentence) {
        findings.error(document.line(key), key, sentence);
    }

    private static String print(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    static String list(Object... words) {
        return Arrays.stream(words).map(String::valueOf).collect(Collectors.joining(", "));
    }
}
