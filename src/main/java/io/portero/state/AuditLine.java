package io.portero.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * A line of an audit trail, about to be appended.
 *
 * <p>No field is longer than 1,000 characters, and no line has more than 32 fields of the caller, so that a list of
 * problems or a foreign name cannot fill the trail.
 *
 * @param text the line, with its line feed
 */
record AuditLine(long number, String text) {
    static final int LONGEST_FIELD = 1_000;
    private static final int LONGEST_KEY = 60;
    private static final int MOST_FIELDS = 32;

    static final String NUMBER = "line";
    static final String PREVIOUS = "previous";
    /** The number of incomplete lines before, each from a crash. */
    static final String TORN = "torn_before";
    /** The stored head, if the trail did not end as it said. */
    static final String CUT = "cut_before";

    static final String FIRST = "0".repeat(64);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    String withoutLineFeed() {
        return text.substring(0, text.length() - 1);
    }

    /**
     * The line to append at the end of a trail.
     *
     * @param kept the stored head, if any
     * @param missing how many earlier lines could not be written
     * @param repeated how many earlier lines were left out as repetitions
     */
    static AuditLine next(
            AuditFile.End end,
            Optional<AuditHead> kept,
            Instant at,
            Map<String, String> what,
            long missing,
            long repeated) {
        var node = JsonNodeFactory.instance.objectNode().put("at", at.toString());
        what.entrySet().stream()
                .limit(MOST_FIELDS)
                .forEach(e -> node.put(bounded(e.getKey(), LONGEST_KEY), bounded(e.getValue(), LONGEST_FIELD)));
        if (missing > 0) {
            node.put("missing_before", missing);
        }
        if (repeated > 0) {
            node.put("repeated_before", repeated);
        }
        long number = 1 + lastNumber(end, kept);
        putTrouble(node, end, kept);
        node.put(NUMBER, number);
        node.put(PREVIOUS, end.isNothing() ? FIRST : hash(end.text()));
        return new AuditLine(number, print(node) + "\n");
    }

    private static void putTrouble(ObjectNode node, AuditFile.End end, Optional<AuditHead> kept) {
        cut(end, kept).ifPresent(head -> node.put(CUT, head));
        if (!end.torn().isEmpty()) {
            node.put(TORN, end.torn().size());
        }
    }

    /** The stored head, if the trail does not end there; after a crash it may lag behind by one line. */
    static Optional<String> cut(AuditFile.End end, Optional<AuditHead> kept) {
        var line = end.whole().flatMap(AuditLine::parse);
        long last = line.map(AuditLine::number).orElse(0L);
        if (kept.isEmpty()) {
            return last > 0 ? Optional.of("no head") : Optional.empty();
        }
        var head = kept.get();
        if (line.isEmpty() && !end.torn().isEmpty()) {
            return Optional.empty(); // the last complete line is in a rotated file
        }
        long torn = line.map(l -> l.path(TORN).asLong()).orElse(0L);
        boolean follows = last == head.number()
                ? head.hash().equals(end.whole().map(AuditLine::hash).orElse(FIRST))
                : last == head.number() + 1 + torn
                        && (torn > 0
                                || line.filter(l -> l.path(PREVIOUS).asText().equals(head.hash()))
                                        .isPresent());
        return follows ? Optional.empty() : Optional.of(head.text().strip());
    }

    /**
     * If the last lines do not show the number, the head does; no number is used twice, and an incomplete line has one.
     */
    private static long lastNumber(AuditFile.End end, Optional<AuditHead> kept) {
        long whole =
                end.whole().flatMap(AuditLine::parse).map(AuditLine::number).orElse(0L);
        return Math.max(kept.map(AuditHead::number).orElse(0L), whole)
                + end.torn().size();
    }

    /** Lines of version 0.1 have no numbers. */
    static boolean isNumbered(AuditFile.End end) {
        return end.whole().flatMap(AuditLine::parse).map(AuditLine::number).orElse(0L) > 0;
    }

    static long number(JsonNode line) {
        return line.path(NUMBER).asLong();
    }

    /** A stored line, if the text is one. */
    static Optional<JsonNode> parse(String line) {
        try {
            var node = MAPPER.readTree(line);
            return node.path(PREVIOUS).isTextual() ? Optional.of(node) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static String bounded(String value, int most) {
        if (value.length() <= most) {
            return value;
        }
        int end = Character.isHighSurrogate(value.charAt(most - 1)) ? most - 1 : most;
        return value.substring(0, end) + "... (" + (value.length() - end) + " more characters)";
    }

    private static String print(ObjectNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes can always be printed", e);
        }
    }

    static String hash(String line) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(line.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
