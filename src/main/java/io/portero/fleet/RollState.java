package io.portero.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The progress of a roll in the store, enough for another operator to continue.
 *
 * @param by the operator, as {@code user@machine}
 * @param rings percent of the hosts, after the canaries
 * @param step 0 for the canaries, then the rings
 * @param beat the last sign of life of the operator
 */
public record RollState(
        long version,
        String by,
        List<Integer> rings,
        int step,
        Phase phase,
        Optional<String> why,
        Instant started,
        Instant beat) {
    /** A roll without a sign of life for this time may be taken over. */
    public static final Duration DESERTED = Duration.ofSeconds(20);

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** The phase of a roll. */
    public enum Phase {
        RUNNING,
        HALTED,
        DONE
    }

    public RollState {
        rings = List.copyOf(rings);
    }

    public static RollState begun(long version, String by, List<Integer> rings, Instant now) {
        return new RollState(version, by, rings, 0, Phase.RUNNING, Optional.empty(), now, now);
    }

    /**
     * Whether an operator runs it now. If the clocks of two operators differ by more, the second operator takes the
     * roll over, and the first gets an error at the next write.
     */
    public boolean isAttended(Instant now) {
        return phase == Phase.RUNNING && Duration.between(beat, now).abs().compareTo(DESERTED) < 0;
    }

    public RollState beat(Instant now) {
        return new RollState(version, by, rings, step, phase, why, started, now);
    }

    public RollState takenOver(String newBy, Instant now) {
        return new RollState(version, newBy, rings, step, Phase.RUNNING, Optional.empty(), started, now);
    }

    public RollState next(Instant now) {
        return step == rings.size()
                ? new RollState(version, by, rings, step, Phase.DONE, why, started, now)
                : new RollState(version, by, rings, step + 1, phase, why, started, now);
    }

    public RollState halted(String sentence, Instant now) {
        return new RollState(version, by, rings, step, Phase.HALTED, Optional.of(sentence), started, now);
    }

    /** The percentage of hosts that may take it; only the canaries in the first step. */
    public int percent() {
        return step == 0 ? 0 : rings.get(step - 1);
    }

    /** Such as {@code the canaries} or {@code the ring of 10 %}. */
    public String ring() {
        return step == 0 ? "the canaries" : "the ring of " + percent() + " %";
    }

    public String sentence() {
        return switch (phase) {
            case RUNNING -> by + " rolls version " + version + " out, at " + ring() + ", since " + started;
            case HALTED ->
                "the roll of version " + version + " by " + by + " halted at " + ring() + ": "
                        + why.orElse("it was told to");
            case DONE -> "version " + version + " was rolled out by " + by;
        };
    }

    public JsonNode node() {
        var node = JsonNodeFactory.instance.objectNode().put("version", version).put("by", by);
        rings.forEach(node.putArray("rings")::add);
        node.put("step", step).put("phase", phase.name().toLowerCase(java.util.Locale.ROOT));
        node.put("why", why.orElse(null));
        node.put("started", started.toString()).put("beat", beat.toString());
        return node;
    }

    public byte[] bytes() {
        return node().toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Nothing if the text is invalid. */
    public static Optional<RollState> parse(byte[] bytes) {
        try {
            var node = MAPPER.readTree(new String(bytes, StandardCharsets.UTF_8));
            var rings = new ArrayList<Integer>();
            node.path("rings").forEach(r -> rings.add(r.asInt()));
            int step = node.path("step").asInt();
            if (step < 0 || step > rings.size()) {
                return Optional.empty();
            }
            return Optional.of(new RollState(
                    node.path("version").asLong(),
                    node.path("by").asText().replaceAll("\\p{Cntrl}", "?"),
                    rings,
                    step,
                    Phase.valueOf(node.path("phase").asText().toUpperCase(java.util.Locale.ROOT)),
                    Optional.of(node.path("why").asText("")).filter(w -> !w.isEmpty() && !w.equals("null")),
                    Instant.parse(node.path("started").asText()),
                    Instant.parse(node.path("beat").asText())));
        } catch (JsonProcessingException | DateTimeException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
