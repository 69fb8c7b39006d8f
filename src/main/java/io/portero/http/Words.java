package io.portero.http;

import io.portero.policy.FirstFew;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Numbers and times as people read them. */
final class Words {
    private static final int SHOWN = 4;

    private Words() {}

    static String duration(Duration passed) {
        long seconds = passed.toSeconds();
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 2 * 3600) {
            return seconds / 60 + " min";
        }
        return seconds < 48 * 3600 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
    }

    /** The number of entries that a reader can take in. */
    static String some(List<String> words) {
        return FirstFew.of(words, SHOWN).toString();
    }

    static String count(long count) {
        if (count < 10_000) {
            return Long.toString(count);
        }
        if (count < 1_000_000) {
            return String.format(Locale.ROOT, "%.1f k", count / 1e3);
        }
        return count < 1_000_000_000
                ? String.format(Locale.ROOT, "%.1f M", count / 1e6)
                : String.format(Locale.ROOT, "%.1f G", count / 1e9);
    }

    static String rate(Map<String, Double> rates, String counter) {
        var rate = rates.get(counter);
        return rate == null ? "\u2013" : rate(rate);
    }

    static String rate(double rate) {
        if (rate == 0) {
            return "0";
        }
        if (rate < 0.05) {
            return "below 0.1";
        }
        return rate < 9.95 ? String.format(Locale.ROOT, "%.1f", rate) : count(Math.round(rate));
    }

    static String reason(String word) {
        return switch (word) {
            case "deny" -> "source on a deny list";
            case "banned" -> "source banned";
            case "revoked" -> "source no longer admitted";
            case "invalid" -> "invalid packet";
            case "untracked" -> "no service, and not tracked";
            case "stray" -> "not for an address of this host";
            case "no_service" -> "no service at that port";
            case "source" -> "source not admitted";
            case "limit" -> "over a limit";
            case "outgoing" -> "not to leave this host";
            default -> word;
        };
    }
}
