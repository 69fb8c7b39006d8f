package io.portero.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.state.PastPolicy;
import java.util.List;
import java.util.regex.Pattern;

/** The differences between two policies that were in force: in words, and line by line. */
record DiffReport(PastPolicy before, PastPolicy after, List<String> words, List<String> lines) {
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\t]]");

    static DiffReport of(PastPolicies past, PastPolicy before, PastPolicy after) throws PastPolicies.NotKept {
        return new DiffReport(
                before,
                after,
                new PolicyDifference(past.policy(before), past.policy(after), List.of()).lines(),
                LineDiff.of(past.content(before).policy(), past.content(after).policy()));
    }

    String text() {
        var text = new StringBuilder();
        text.append("from policy ")
                .append(name(before))
                .append("\nto policy   ")
                .append(name(after))
                .append('\n');
        text.append("what changes:\n");
        (words.isEmpty() ? List.of("nothing that affects packets") : words)
                .forEach(line -> text.append("  ").append(line).append('\n'));
        text.append("in the file:\n");
        (lines.isEmpty() ? List.of("nothing") : lines)
                .forEach(line -> text.append("  ").append(printable(line)).append('\n'));
        return text.toString();
    }

    /** Removes control characters: a file in the state directory may contain commands for a terminal. */
    private static String printable(String line) {
        return CONTROL.matcher(line).replaceAll("?");
    }

    private static String name(PastPolicy policy) {
        return policy.number() + " (" + PastPolicies.time(policy.at()) + ", " + policy.digest() + ")";
    }

    ObjectNode json() {
        var root = Json.object().put("from", before.number()).put("to", after.number());
        words.forEach(root.putArray("changes")::add);
        lines.forEach(root.putArray("lines")::add);
        return root;
    }
}
