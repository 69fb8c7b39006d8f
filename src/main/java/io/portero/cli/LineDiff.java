package io.portero.cli;

import java.util.ArrayList;
import java.util.List;

/** The differences between two texts, line by line: removed lines with a minus, added lines with a plus. */
final class LineDiff {
    private static final int CONTEXT = 2;
    /** If the differing parts have more pairs of lines than this, they are shown as removed and added as a whole. */
    private static final long MOST_PAIRS = 4_000_000;

    private LineDiff() {}

    /**
     * The differences with some equal lines around them, and dots where lines are left out; empty if the texts are
     * equal.
     */
    static List<String> of(String before, String after) {
        var all = marked(before.lines().toList(), after.lines().toList());
        var shown = new ArrayList<String>();
        boolean left = false;
        for (int i = 0; i < all.size(); i++) {
            if (isNear(all, i)) {
                if (left && !shown.isEmpty()) {
                    shown.add("...");
                }
                shown.add(all.get(i));
                left = false;
            } else {
                left = true;
            }
        }
        return shown;
    }

    private static boolean isNear(List<String> lines, int at) {
        return lines.subList(Math.max(0, at - CONTEXT), Math.min(lines.size(), at + CONTEXT + 1)).stream()
                .anyMatch(line -> !line.startsWith(" "));
    }

    private static List<String> marked(List<String> before, List<String> after) {
        int start = 0;
        int shorter = Math.min(before.size(), after.size());
        while (start < shorter && before.get(start).equals(after.get(start))) {
            start++;
        }
        int end = 0;
        while (end < shorter - start && before.get(before.size() - 1 - end).equals(after.get(after.size() - 1 - end))) {
            end++;
        }
        var lines = new ArrayList<String>();
        before.subList(0, start).forEach(line -> lines.add("  " + line));
        lines.addAll(middle(before.subList(start, before.size() - end), after.subList(start, after.size() - end)));
        before.subList(before.size() - end, before.size()).forEach(line -> lines.add("  " + line));
        return lines;
    }

    private static List<String> middle(List<String> before, List<String> after) {
        var lines = new ArrayList<String>();
        int i = 0;
        int j = 0;
        if ((long) before.size() * after.size() <= MOST_PAIRS) {
            var common = common(before, after);
            while (i < before.size() && j < after.size()) {
                if (before.get(i).equals(after.get(j))) {
                    lines.add("  " + before.get(i++));
                    j++;
                } else if (common[i + 1][j] >= common[i][j + 1]) {
                    lines.add("- " + before.get(i++));
                } else {
                    lines.add("+ " + after.get(j++));
                }
            }
        }
        before.subList(i, before.size()).forEach(line -> lines.add("- " + line));
        after.subList(j, after.size()).forEach(line -> lines.add("+ " + line));
        return lines;
    }

    /** For each pair of positions, the length of the longest common subsequence from there to the end. */
    private static int[][] common(List<String> before, List<String> after) {
        var lengths = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                lengths[i][j] = before.get(i).equals(after.get(j))
                        ? lengths[i + 1][j + 1] + 1
                        : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
            }
        }
        return lengths;
    }
}
