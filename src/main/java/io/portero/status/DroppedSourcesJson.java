package io.portero.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.apply.DroppedSource;
import io.portero.policy.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes who was refused into the JSON of a status. */
public final class DroppedSourcesJson {
    private static final int SOURCES = 20;
    private static final int FLOWS = 500;

    private DroppedSourcesJson() {}

    public static boolean isObserving(JsonNode status) {
        return status.path("policy").path("mode").asText("").equals("observe");
    }

    public static void put(ObjectNode status, DroppedSources.Report report) {
        var sources = status.putObject("refused_sources")
                .put("count", report.sources().size());
        var busiest = sources.putArray("first");
        report.sources().stream().limit(SOURCES).forEach(source -> busiest.add(node(source)));
        if (!isObserving(status)) {
            status.putNull("would_drop");
            return;
        }
        var offers = offers(status.path("services"));
        var flows = status.putObject("would_drop").put("count", report.flows().size());
        var first = flows.putArray("first");
        for (var source : report.flows().stream().limit(FLOWS).toList()) {
            var service = offers.stream()
                    .filter(offer ->
                            source.wanted().filter(offer.ports()::contains).isPresent())
                    .findFirst();
            first.add(node(source).put("service", service.map(Offer::service).orElse(null)));
        }
    }

    /** Ports that belong to a service. */
    private record Offer(PortRange ports, String service) {}

    private static List<Offer> offers(JsonNode services) {
        var offers = new ArrayList<Offer>();
        for (var service : services) {
            for (var ports : service.path("ports")) {
                if (service.path("enabled").asBoolean()) {
                    parsed(ports.asText())
                            .ifPresent(range -> offers.add(
                                    new Offer(range, service.path("name").asText())));
                }
            }
        }
        return offers;
    }

    private static Optional<PortRange> parsed(String ports) {
        try {
            return Optional.of(PortRange.parse(ports));
        } catch (PortRange.NotAPort e) {
            return Optional.empty();
        }
    }

    private static ObjectNode node(DroppedSource source) {
        var node = JsonNodeFactory.instance
                .objectNode()
                .put("address", source.source().toString());
        source.wanted().ifPresent(port -> node.put("port", port.toString()));
        return node.put("packets", source.count().packets())
                .put("bytes", source.count().bytes())
                .put("seconds_ago", source.ago().toSeconds());
    }
}
