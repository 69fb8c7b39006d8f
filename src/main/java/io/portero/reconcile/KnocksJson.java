package io.portero.reconcile;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.apply.Knock;
import io.portero.policy.PortRange;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

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
        list(sources.putArray("first"), report.sources(), SOURCES);
        if (!isObserving(status)) {
            status.putNull("would_drop");
            return;
        }
        var flows = status.putObject("would_drop").put("count", report.flows().size());
        for (var flow : list(flows.putArray("first"), report.flows(), FLOWS)) {
            if (flow instanceof ObjectNode node) {
                var service = service(status, node.path("port").asText());
                node.put("service", service.map(s -> s.path("name").asText()).orElse(null));
            }
        }
    }

    private static ArrayNode list(ArrayNode list, List<Knock> knocks, int most) {
        for (var knock : knocks.stream().limit(most).toList()) {
            var node = list.addObject().put("address", knock.source().toString());
            knock.wanted().ifPresent(port -> node.put("port", port.toString()));
            node.put("packets", knock.count().packets())
                    .put("bytes", knock.count().bytes())
                    .put("seconds_ago", knock.ago().toSeconds());
        }
        return list;
    }

    /** The service that the port belongs to; the first where several share it. */
    private static Optional<JsonNode> service(JsonNode status, String port) {
        return elements(status.path("services"))
                .filter(s -> s.path("enabled").asBoolean())
                .filter(s -> elements(s.path("ports")).anyMatch(range -> contains(range.asText(), port)))
                .findFirst();
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    private static boolean contains(String range, String port) {
        try {
            return PortRange.parse(range).contains(PortRange.parse(port));
        } catch (PortRange.NotAPort e) {
            return false;
        }
    }
}
