package io.portero.names;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Reference.HostName;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Stores answers as JSON and reads them back; an unreadable answer counts as absent. */
final class NamesJson {
    private NamesJson() {}

    static String text(Map<HostName, Known> names) {
        var root = JsonNodeFactory.instance.objectNode();
        names.forEach((name, state) -> {
            var node = root.putObject(name.name());
            node.put("answered", state.answered().map(Instant::toString).orElse(null));
            node.put("failures", state.failures());
            state.rotation().returned().ifPresent(at -> node.put("rotated", at.toString()));
            var addresses = node.putArray("addresses");
            for (var family : Family.values()) {
                state.addresses(family).forEach(a -> addresses.add(a.toString()));
            }
        });
        return root.toPrettyString() + "\n";
    }

    static Map<HostName, Known> read(String text, Instant now) {
        var names = new HashMap<HostName, Known>();
        try {
            for (var entry : new ObjectMapper().readTree(text).properties()) {
                names.put(HostName.of(entry.getKey()), name(entry.getValue(), now));
            }
        } catch (JsonProcessingException e) {
            return Map.of();
        }
        return names;
    }

    private static Known name(JsonNode node, Instant now) {
        var ranges = new ArrayList<AddressRange>();
        for (var address : node.path("addresses")) {
            usable(address.asText()).map(AddressRange::of).ifPresent(ranges::add);
        }
        return Known.remembered(
                AddressSet.of(ranges),
                instant(node.path("answered")),
                node.path("failures").asLong(),
                instant(node.path("rotated")),
                now);
    }

    private static Optional<Ip> usable(String text) {
        try {
            return Optional.of(Ip.parse(text)).filter(a -> !Unusable.contains(a));
        } catch (Ip.NotAnAddress e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> instant(JsonNode node) {
        try {
            return node.isTextual() ? Optional.of(Instant.parse(node.asText())) : Optional.empty();
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
