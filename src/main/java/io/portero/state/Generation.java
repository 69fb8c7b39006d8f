package io.portero.state;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.ListFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A policy with its lists and its compiled script, as one text that nft can load.
 *
 * <p>Policy and lists are comments, each line after {@code #|}, so that nft never reads them. A text without its last
 * line is incomplete and holds no policy.
 */
record Generation(String policy, Map<ListFile, AddressSet> lists, String script) {
    private static final String POLICY = "# The policy that this script was made from:";
    private static final String LISTS = "# What its lists held:";
    private static final String END = "# The end.";
    private static final String MARGIN = "#|";

    Generation {
        lists = Map.copyOf(lists);
    }

    String text() {
        return script + (script.isEmpty() || script.endsWith("\n") ? "" : "\n") + POLICY + "\n" + aside(policy) + LISTS
                + "\n" + aside(ListsText.of(lists)) + END + "\n";
    }

    /** The last line is the part after the last line feed, so that a missing line feed stays missing. */
    private static String aside(String text) {
        return Arrays.stream(text.split("\n", -1))
                .map(line -> MARGIN + line + "\n")
                .collect(Collectors.joining());
    }

    /** Nothing if it is another text or incomplete. */
    static Optional<Generation> parse(String text) {
        var lines = new ArrayList<>(List.of(text.split("\n", -1)));
        int policy = lines.lastIndexOf(POLICY);
        int lists = lines.lastIndexOf(LISTS);
        int end = lines.lastIndexOf(END);
        if (policy < 0 || lists < policy || end < lists || !text.endsWith(END + "\n")) {
            return Optional.empty();
        }
        return Optional.of(new Generation(
                inside(lines.subList(policy + 1, lists)),
                ListsText.parse(inside(lines.subList(lists + 1, end))),
                String.join("\n", lines.subList(0, policy)) + (policy == 0 ? "" : "\n")));
    }

    private static String inside(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith(MARGIN))
                .map(line -> line.substring(MARGIN.length()))
                .collect(Collectors.joining("\n"));
    }
}
