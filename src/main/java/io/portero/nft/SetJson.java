package io.portero.nft;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall.Count;
import io.portero.plan.Snapshot.ActualSet;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Reads a set, one element after the other; elements of types that we do not use are skipped. */
final class SetJson {
    private static final String ELEMENTS = "elem";

    private SetJson() {}

    /** nft prints the flags, which tell what kind of elements there are, before the elements. */
    static ActualSet set(JsonParser parser) throws IOException {
        var ranges = new ArrayList<AddressRange>();
        var timed = new ArrayList<TimedMember>();
        var fields = fields(parser, (head, element) -> {
            if (isTimed(head)) {
                Element.read(element).member().ifPresent(timed::add);
            } else {
                Element.read(element).range().ifPresent(ranges::add);
            }
        });
        if (isTimed(fields) && !ranges.isEmpty()) {
            throw new Listing.Illegible("the flags of a set behind its elements");
        }
        var flags = Listing.words(fields.path("flags")).stream()
                .filter(f -> !f.equals("dynamic")) // nft 1.0.6 does not list it, 1.1.3 does
                .collect(Collectors.toUnmodifiableSet());
        return new ActualSet(Listing.text(fields, "name"), Listing.type(fields), flags, AddressSet.of(ranges), timed);
    }

    private static boolean isTimed(JsonNode fields) {
        return Listing.words(fields.path("flags")).contains("timeout");
    }

    /** The members of a set with timeouts. */
    static void members(JsonParser parser, Consumer<TimedMember> to) throws IOException {
        fields(parser, (head, element) -> Element.read(element).member().ifPresent(to));
    }

    /** @param memory how long after its last packet a source is forgotten */
    static void dropped(JsonParser parser, Duration memory, Consumer<DroppedSource> to) throws IOException {
        fields(
                parser,
                (head, element) ->
                        source(Listing.tree(element).path("elem"), memory).ifPresent(to));
    }

    /** The same with the name of the set; address sets have no ports. */
    static void named(JsonParser parser, Duration memory, BiConsumer<String, DroppedSource> to) throws IOException {
        fields(
                parser,
                (head, element) -> source(Listing.tree(element).path("elem"), memory)
                        .ifPresent(source -> to.accept(Listing.text(head, "name"), source)));
    }

    /** Reads an element, with the properties of its set read so far. */
    private interface ElementReader {
        void read(ObjectNode head, JsonParser element) throws IOException;
    }

    /** Everything except the elements. */
    private static ObjectNode fields(JsonParser parser, ElementReader elements) throws IOException {
        var fields = JsonNodeFactory.instance.objectNode();
        Listing.fields(parser, (name, value) -> {
            if (name.equals(ELEMENTS)) {
                Listing.elements(value, element -> elements.read(fields, element));
            } else {
                fields.set(name, Listing.tree(value));
            }
        });
        return fields;
    }

    private static Optional<DroppedSource> source(JsonNode element, Duration memory) {
        var value = element.path("val");
        var concat = value.path("concat");
        try {
            var source = Ip.parse((concat.isArray() ? concat.path(0) : value).asText());
            var wanted = concat.isArray() ? wanted(concat) : Optional.<PortRange>empty();
            if (concat.isArray() && wanted.isEmpty()) {
                return Optional.empty();
            }
            var count = new Count(
                    element.path("counter").path("packets").asLong(),
                    element.path("counter").path("bytes").asLong());
            long left = Math.max(0, element.path("expires").asLong(memory.toSeconds()));
            return Optional.of(new DroppedSource(source, wanted, count, memory.minusSeconds(left), user(concat)));
        } catch (Ip.NotAnAddress e) {
            return Optional.empty();
        }
    }

    /** Its number; nft names it only where it is asked to. */
    private static Optional<Long> user(JsonNode concat) {
        return Optional.of(concat.path(3)).filter(JsonNode::isIntegralNumber).map(JsonNode::asLong);
    }

    /** The port of a protocol given by number; nothing for a port that a policy cannot name, such as 0. */
    private static Optional<PortRange> wanted(JsonNode concat) {
        int port = concat.path(2).asInt();
        return Protocol.of(concat.path(1).asInt())
                .filter(p -> !p.hasPorts() || port > 0 && port <= PortRange.HIGHEST)
                .map(p -> p.hasPorts() ? new PortRange(p, port, port) : PortRange.whole(p));
    }
}
