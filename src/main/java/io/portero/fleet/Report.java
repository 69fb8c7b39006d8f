package io.portero.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * The report of a host about itself.
 *
 * @param version the version in place; 0 before the first
 * @param outcome its outcome, as a word
 * @param why a sentence about a problem
 * @param refused the version that this host refused, or 0
 * @param refusals how many bundles it has refused since its start
 */
public record Report(
        String host,
        String role,
        long version,
        String outcome,
        Optional<String> why,
        boolean inSync,
        boolean probation,
        long refused,
        long refusals,
        Instant at) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int MOST_BYTES = 16 * 1024;
    private static final int LONGEST = 500;

    /** Whether a roll may continue with this state. */
    public boolean isGood() {
        return inSync && outcome.equals("applied");
    }

    /** Whether waiting will not help. */
    public boolean isBad() {
        return switch (outcome) {
            case "refused", "rolled_back", "agent_away" -> true;
            default -> outcome.equals("applied") && !inSync;
        };
    }

    /** Whether it is equal, apart from texts and time. */
    boolean saysAs(Report other) {
        return outcome.equals(other.outcome)
                && version == other.version
                && inSync == other.inSync
                && refused == other.refused;
    }

    /** The same with another time. */
    public Report seenAt(Instant time) {
        return new Report(host, role, version, outcome, why, inSync, probation, refused, refusals, time);
    }

    public JsonNode node() {
        var node = JsonNodeFactory.instance.objectNode();
        node.put("host", host).put("role", role).put("version", version).put("outcome", outcome);
        node.put("why", why.orElse(null));
        node.put("in_sync", inSync).put("probation", probation);
        node.put("refused", refused).put("refusals", refusals).put("at", at.toString());
        return node;
    }

    public String json() {
        return node().toString();
    }

    /** Nothing if the text is invalid; its texts are safe for a terminal. */
    public static Optional<Report> parse(byte[] bytes) {
        if (bytes.length > MOST_BYTES) {
            return Optional.empty();
        }
        try {
            var node = MAPPER.readTree(new String(bytes, StandardCharsets.UTF_8));
            return Optional.of(new Report(
                    plain(node.path("host").asText()),
                    plain(node.path("role").asText()),
                    node.path("version").asLong(),
                    plain(node.path("outcome").asText()),
                    Optional.of(plain(node.path("why").asText(""))).filter(w -> !w.isEmpty() && !w.equals("null")),
                    node.path("in_sync").asBoolean(),
                    node.path("probation").asBoolean(),
                    node.path("refused").asLong(),
                    node.path("refusals").asLong(),
                    Instant.parse(node.path("at").asText())));
        } catch (JsonProcessingException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String plain(String text) {
        var clean = text.replaceAll("\\p{Cntrl}", "?");
        return clean.length() <= LONGEST ? clean : clean.substring(0, LONGEST);
    }
}
