package io.portero.config;

import io.portero.policy.Limit;
import io.portero.policy.Times;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Parses how much each source of a service may send. */
final class LimitParser {
    private static final Pattern RATE = Pattern.compile("(\\d{1,9})\\s*/\\s*([A-Za-z]+)");
    private static final List<String> UNITS =
            Arrays.stream(Limit.Per.values()).map(Limit.Per::word).toList();

    private final PolicyDocument document;
    private final Findings findings;
    private final Words words;

    LimitParser(PolicyDocument document, Findings findings) {
        this.document = document;
        this.findings = findings;
        this.words = new Words(document, findings);
    }

    private record Rate(int packets, Limit.Per per) {}

    Optional<Limit> limit(String key, PolicyFile.LimitKeys keys) {
        if (!document.has(key) || keys.rate().isEmpty() && findings.haveErrorBelow(key)) {
            return Optional.empty();
        }
        var rate = words.required(key + ".rate", keys.rate(), "rate: 20/second").flatMap(w -> rate(key + ".rate", w));
        var burst = keys.burst().flatMap(w -> burst(key + ".burst", w));
        var ban = keys.ban().map(w -> ban(key + ".ban", w));
        if (rate.isEmpty() || keys.burst().isPresent() && burst.isEmpty()) {
            return Optional.empty();
        }
        int packets = rate.get().packets();
        int atOnce = burst.orElse(Limit.usualBurst(packets));
        var refill = Limit.refill(packets, rate.get().per(), atOnce);
        if (refill.compareTo(Limit.LONGEST_REFILL) > 0) {
            error(
                    key,
                    "a burst of " + atOnce + " at " + keys.rate().orElse("") + " takes more than"
                            + " " + Times.print(Limit.LONGEST_REFILL) + " to refill; write a smaller burst or"
                            + " a higher rate");
            return Optional.empty();
        }
        return Optional.of(new Limit(packets, rate.get().per(), atOnce, ban));
    }

    private Optional<Rate> rate(String key, String word) {
        var matcher = RATE.matcher(word);
        if (!matcher.matches()) {
            error(
                    key,
                    "\"" + PolicyDocument.printable(word)
                            + "\" is not a rate; write packets per time, such as 20/second");
            return Optional.empty();
        }
        var unit = Arrays.stream(Limit.Per.values())
                .filter(p -> p.word().equals(matcher.group(2)))
                .findFirst();
        if (unit.isEmpty()) {
            error(
                    key,
                    "\"" + PolicyDocument.printable(matcher.group(2)) + "\" is not one of " + String.join(", ", UNITS)
                            + Nearest.suggestion(matcher.group(2), UNITS));
        }
        return unit.flatMap(per -> number(key, matcher.group(1)).map(n -> new Rate(n, per)));
    }

    private Optional<Integer> burst(String key, String word) {
        if (!word.matches("\\d{1,9}")) {
            error(key, "\"" + PolicyDocument.printable(word) + "\" is not a number of packets, such as 40");
            return Optional.empty();
        }
        return number(key, word);
    }

    private Optional<Integer> number(String key, String digits) {
        int number = Integer.parseInt(digits);
        if (number < 1 || number > Limit.MOST) {
            error(key, digits + " packets are not possible; write a number from 1 to " + Limit.MOST);
            return Optional.empty();
        }
        return Optional.of(number);
    }

    private Duration ban(String key, String word) {
        return words.duration(key, word, Limit.SHORTEST_BAN, Limit.LONGEST_BAN, "", Limit.SHORTEST_BAN);
    }

    private void error(String key, String sentence) {
        findings.error(document.line(key), key, sentence);
    }
}
