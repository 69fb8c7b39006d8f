package io.portero.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the word that a user probably wanted to type. */
final class Nearest {
    private Nearest() {}

    /** The candidate with the fewest edits, if they are few enough for a typing error. */
    static Optional<String> to(String word, Collection<String> candidates) {
        int tolerance = Math.max(1, Math.min(3, word.length() / 3));
        return candidates.stream()
                .sorted()
                .min(Comparator.comparingInt(c -> edits(word, c)))
                .filter(c -> edits(word, c) <= tolerance);
    }

    /** A clause to append to an error message, or an empty text. */
    static String suggestion(String word, Collection<String> candidates) {
        return to(word, candidates).map(c -> "; did you mean " + c + "?").orElse("");
    }

    /**
     * The number of insertions, deletions, replacements and swaps of neighbouring letters that turn one word into the
     * other.
     */
    private static int edits(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 || j == 0 ? i + j : cheapest(d, a, b, i, j);
            }
        }
        return d[a.length()][b.length()];
    }

    private static int cheapest(int[][] d, String a, String b, int i, int j) {
        int replaced = d[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int best = Math.min(replaced, Math.min(d[i - 1][j], d[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, d[i - 2][j - 2] + 1) : best;
    }
}
