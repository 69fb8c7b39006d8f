package io.portero.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The JSON form of a value, for writing and reading.
 *
 * <p>A record's form names each field once for both directions, and needs no reflection, which a native executable
 * would need to have registered. A missing field is read as empty, zero, false or the epoch; unknown fields are
 * skipped: the agent that wrote them may be newer or older.
 */
record JsonForm<V>(Function<V, JsonNode> write, Function<JsonNode, V> read) {
    static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    static final JsonForm<String> TEXT = new JsonForm<>(NODES::textNode, node -> node.asText(""));
    static final JsonForm<Boolean> FLAG = new JsonForm<>(NODES::booleanNode, JsonNode::asBoolean);
    static final JsonForm<Long> NUMBER = new JsonForm<>(NODES::numberNode, JsonNode::asLong);
    static final JsonForm<Double> REAL = new JsonForm<>(NODES::numberNode, JsonNode::asDouble);
    static final JsonForm<Instant> INSTANT = new JsonForm<>(
            instant -> NODES.textNode(instant.toString()),
            node -> node.isMissingNode() || node.isNull() ? Instant.EPOCH : Instant.parse(node.asText()));

    static <E> JsonForm<List<E>> list(JsonForm<E> each) {
        return new JsonForm<>(
                list -> {
                    var array = NODES.arrayNode();
                    list.forEach(element -> array.add(each.write().apply(element)));
                    return array;
                },
                node -> {
                    var list = new ArrayList<E>();
                    node.forEach(element -> list.add(each.read().apply(element)));
                    return List.copyOf(list);
                });
    }

    /** Keeps the order of entries. */
    static <E> JsonForm<Map<String, E>> map(JsonForm<E> each) {
        return new JsonForm<>(
                map -> {
                    var object = NODES.objectNode();
                    map.forEach((key, value) -> object.set(key, each.write().apply(value)));
                    return object;
                },
                node -> {
                    var map = new LinkedHashMap<String, E>();
                    node.properties()
                            .forEach(
                                    entry -> map.put(entry.getKey(), each.read().apply(entry.getValue())));
                    return map;
                });
    }

    /** @param record makes a record from its fields, in the order of writing */
    static <T> JsonForm<T> object(Function<JsonFields<T>, T> record) {
        return new JsonForm<>(
                value -> {
                    var written = new JsonFields.Written<>(value, NODES.objectNode());
                    var _ = record.apply(written); // used only to collect the fields
                    return written.object();
                },
                node -> record.apply(new JsonFields.Read<>(node)));
    }
}
