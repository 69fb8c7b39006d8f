package io.portero.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;

/** Who would have been dropped, had the policy been enforced, for a terminal of 80 columns. */
final class WouldDropReport {
    private static final String ROW = "%-14s %-32s %-11s %9s %10s%n";

    private WouldDropReport() {}

    static String of(JsonNode wouldDrop) {
        var first = wouldDrop.path("first");
        if (first.isEmpty()) {
            return "Nothing of the last 24 hours would have been dropped.\n";
        }
        var text = new StringBuilder();
        text.append("What would have been dropped in the last 24 hours, had mode been enforce:\n\n");
        text.append(String.format(ROW, "service", "source", "port", "packets", "last"));
        for (var flow : first) {
            text.append(String.format(
                    ROW,
                    flow.path("service").asText("none"),
                    flow.path("address").asText(),
                    flow.path("port").asText(),
                    flow.path("packets").asText(),
                    ago(flow.path("seconds_ago").asLong())));
        }
        long more = wouldDrop.path("count").asLong() - first.size();
        if (more > 0) {
            text.append("and ").append(more).append(" more\n");
        }
        text.append("\nTo admit one, put its address into a group that the service admits (from:).\n");
        return text.toString();
    }

    private static String ago(long seconds) {
        var passed = Duration.ofSeconds(seconds);
        if (passed.toMinutes() < 1) {
            return seconds + " s ago";
        }
        return passed.toHours() < 1 ? passed.toMinutes() + " min ago" : passed.toHours() + " h ago";
    }
}
