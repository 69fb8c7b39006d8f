package io.portero.nft;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * Walks through what {@code nft -j} lists, described in libnftables-json(5), value by value.
 *
 * <p>A set may have 100,000 members, so at most one of them is in memory as a tree. Every reader takes the current
 * value of the parser and leaves the parser at its last token.
 */
final class Listing {
    private static final JsonFactory FACTORY = new ObjectMapper().getFactory();

    private Listing() {}

    /** Thrown for output that is not what nft prints. */
    static final class Illegible extends RuntimeException {
        Illegible(String what) {
            super(what, null, false, false);
        }
    }

    /** Reads a value that has a name. */
    @FunctionalInterface
    interface Named {
        void read(String name, JsonParser value) throws IOException;
    }

    /** Reads a value. */
    @FunctionalInterface
    interface Each {
        void read(JsonParser value) throws IOException;
    }

    /** Every object of the listing, with its kind, such as {@code set}. */
    static void objects(String json, Named reader) {
        try (var parser = FACTORY.createParser(json)) {
            var found = new boolean[1];
            parser.nextToken();
            fields(parser, (name, list) -> {
                if (name.equals("nftables") && list.currentToken() == JsonToken.START_ARRAY) {
                    found[0] = true;
                    elements(list, entry -> fields(entry, reader));
                } else {
                    list.skipChildren();
                }
            });
            if (!found[0]) {
                throw new Illegible("no list of objects");
            }
        } catch (JsonProcessingException e) {
            throw new Illegible("not JSON");
        } catch (IOException e) {
            throw new IllegalStateException("a text in memory cannot fail", e);
        }
    }

    /** Every field of an object; none if the value is no object. */
    static void fields(JsonParser parser, Named reader) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            var name = parser.currentName();
            parser.nextToken();
            reader.read(name, parser);
        }
    }

    /** Every element of a list; none if the value is no list. */
    static void elements(JsonParser parser, Each reader) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            reader.read(parser);
        }
    }

    /** A small value as a whole. */
    static JsonNode tree(JsonParser value) throws IOException {
        return value.readValueAsTree();
    }

    static String text(JsonNode body, String field) {
        return body.path(field).asText();
    }

    /** The words of a list, or the only word. */
    static Set<String> words(JsonNode node) {
        return node.isArray()
                ? StreamSupport.stream(node.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.toUnmodifiableSet())
                : node.isTextual() ? Set.of(node.asText()) : Set.of();
    }

    /** The key type of a set or map, its parts joined as nft's own language does. */
    static String type(JsonNode body) {
        var type = body.path("type");
        return type.isArray()
                ? StreamSupport.stream(type.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(" . "))
                : type.asText();
    }
}
