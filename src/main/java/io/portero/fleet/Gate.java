package io.portero.fleet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The hosts that may take a version during a roll.
 *
 * <p>Each host decides for itself, so that a step of a roll is one small message for a thousand hosts. It is not
 * signed: a store can deliver a version earlier or later, but cannot forge one.
 *
 * @param percent the share of the hosts, by a hash of their names
 * @param canaries the hosts that take it first
 */
public record Gate(long version, int percent, Set<String> canaries) {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int PARTS = 10_000;
    private static final int MOST_BYTES = 64 * 1024;

    public Gate {
        canaries = Set.copyOf(canaries);
    }

    public boolean admits(String host) {
        return canaries.contains(host) || part(host) < percent * (PARTS / 100);
    }

    /** Always the same value for a host, and evenly distributed. */
    private static int part(String host) {
        var hash = ListRef.hash(host.getBytes(StandardCharsets.UTF_8));
        return Integer.parseInt(hash.substring(0, 7), 16) % PARTS;
    }

    public byte[] bytes() {
        var node = JsonNodeFactory.instance.objectNode().put("version", version).put("percent", percent);
        new TreeSet<>(canaries).forEach(node.putArray("canaries")::add);
        return node.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Nothing if the text is invalid. */
    public static Optional<Gate> parse(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MOST_BYTES) {
            return Optional.empty();
        }
        try {
            var node = MAPPER.readTree(new String(bytes, StandardCharsets.UTF_8));
            var canaries = new TreeSet<String>();
            node.path("canaries").forEach(c -> canaries.add(c.asText()));
            int percent = node.path("percent").asInt(0);
            return Optional.of(new Gate(node.path("version").asLong(0), Math.clamp(percent, 0, 100), canaries));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }
}
