package io.portero.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.apply.Knock;
import io.portero.policy.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Writes who was refused into the JSON of a status. */
public final class KnocksJson {
    private static final int SOURCES = 20;
    private static final int FLOWS = 500;

    private KnocksJson() {}

    public static boolean isObserving(JsonNode status) {
        return status.path("policy").path("mode").asText("").equals("observe");
    }

    public static void put(ObjectNode status, Knocks.Report report) {
        var sources = status.putObject("refused_sources")
                .put("count", report.sources().size());
        var busiest = sources.putArray("first");
        report.sources().stream().limit(SOURCES).forEach(knock -> busiest.add(node(knock)));
        if (!isObserving(status)) {
            status.putNull("would_drop");
            return;
        }
        var offers = offers(status.path("services"));
        var flows = status.putObject("would_drop").put("count", report.flows().size());
        var first = flows.putArray("first");
        for (var knock : report.flows().stream().limit(FLOWS).toList()) {
            var service = offers.stream()
                    .filter(offer ->
                            knock.wanted().filter(offer.ports()::contains).isPresent())
                    .findFirst();
            first.add(node(knock).put("service", service.map(Offer::service).orElse(null)));
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

    private static ObjectNode node(Knock knock) {
        var node = JsonNodeFactory.instance
                .objectNode()
                .put("address", knock.source().toString());
        knock.wanted().ifPresent(port -> node.put("port", port.toString()));
        return node.put("packets", knock.count().packets())
                .put("bytes", knock.count().bytes())
                .put("seconds_ago", knock.ago().toSeconds());
    }
}
