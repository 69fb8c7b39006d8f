package io.portero.stage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.Reference;
import io.portero.policy.Reference.HostName;
import io.portero.policy.Reference.ListFile;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** A staged policy as a line of JSON, for the request to the agent and for its memory. */
public final class StageText {
    private static final String FILE = "file";
    private static final String TEXT = "text";
    private static final String LISTS = "lists";
    private static final String NAMES = "names";
    private static final String SINCE = "since";
    private static final String UNTIL = "until";

    private StageText() {}

    public static String of(Stage stage) {
        var node = JsonNodeFactory.instance
                .objectNode()
                .put(FILE, stage.file())
                .put(TEXT, stage.text())
                .put(SINCE, stage.since().toString())
                .put(UNTIL, stage.until().toString());
        stage.lists().forEach((list, addresses) -> put(node.withObjectProperty(LISTS), list.path(), addresses));
        stage.names().forEach((name, addresses) -> put(node.withObjectProperty(NAMES), name.name(), addresses));
        return node.toString();
    }

    private static void put(ObjectNode node, String name, AddressSet addresses) {
        var list = node.putArray(name);
        addresses.ranges().forEach(range -> list.add(range.toString()));
    }

    /** Nothing if the text is not a complete stage. */
    public static Optional<Stage> parse(String text) {
        try {
            var node = new ObjectMapper().readTree(text);
            if (!node.path(FILE).isTextual() || !node.path(TEXT).isTextual()) {
                return Optional.empty();
            }
            return Optional.of(new Stage(
                    node.path(FILE).asText(),
                    node.path(TEXT).asText(),
                    addresses(node.path(LISTS), ListFile::new),
                    addresses(node.path(NAMES), HostName::new),
                    Instant.parse(node.path(SINCE).asText()),
                    Instant.parse(node.path(UNTIL).asText())));
        } catch (JsonProcessingException | DateTimeException | Ip.NotAnAddress e) {
            return Optional.empty();
        }
    }

    private static <R extends Reference> Map<R, AddressSet> addresses(JsonNode node, Function<String, R> reference)
            throws Ip.NotAnAddress {
        var all = new HashMap<R, AddressSet>();
        for (var entry : node.properties()) {
            var ranges = new ArrayList<AddressRange>();
            for (var range : entry.getValue()) {
                ranges.add(AddressRange.parse(range.asText()));
            }
            all.put(reference.apply(entry.getKey()), AddressSet.of(ranges));
        }
        return all;
    }
}
