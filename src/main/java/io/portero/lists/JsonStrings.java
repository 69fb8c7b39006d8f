package io.portero.lists;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Extracts strings from a JSON stream, so that memory holds only these strings.
 *
 * <p>If several documents follow each other, as in NDJSON, the pointer applies to each.
 */
final class JsonStrings {
    private static final int MOST_NESTED = 100;
    private static final int LONGEST = 1024 * 1024;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MOST_NESTED)
                    .maxStringLength(LONGEST)
                    .build())
            .build();

    private final JsonParser json;
    private final JsonPointer pointer;
    private final List<String> found = new ArrayList<>();
    private boolean reached;

    private JsonStrings(JsonParser json, JsonPointer pointer) {
        this.json = json;
        this.pointer = pointer;
    }

    static List<String> read(InputStream in, JsonPointer pointer) throws IOException {
        try (var json = FACTORY.createParser(in)) {
            var strings = new JsonStrings(json, pointer);
            while (json.nextToken() != null) {
                strings.value(0);
            }
            if (!strings.reached) {
                throw new Unfetched("the answer has nothing at " + pointer + ", which the policy names after #");
            }
            return strings.found;
        } catch (JsonProcessingException e) {
            var place = e.getLocation(); // no name where the nesting is too deep
            throw new Unfetched("the answer is not JSON" + (place == null ? "" : " (line " + place.getLineNr() + ")"));
        }
    }

    /** Reads the current value to its end. */
    private void value(int depth) throws IOException {
        if (pointer.endsAt(depth)) {
            end();
        } else if (json.currentToken() == JsonToken.START_OBJECT) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                var name = json.currentName();
                json.nextToken();
                step(depth, name);
            }
        } else if (json.currentToken() == JsonToken.START_ARRAY) {
            for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
                step(depth, String.valueOf(i));
            }
        }
    }

    private void step(int depth, String name) throws IOException {
        if (pointer.leadsTo(depth, name)) {
            value(depth + 1);
        } else {
            json.skipChildren();
        }
    }

    private void end() throws IOException {
        reached = true;
        if (json.currentToken() == JsonToken.START_ARRAY) {
            while (json.nextToken() != JsonToken.END_ARRAY) {
                string();
            }
        } else {
            string();
        }
    }

    private void string() throws IOException {
        if (json.currentToken() != JsonToken.VALUE_STRING) {
            throw new Unfetched(
                    "the value at " + pointer + " in the answer is neither a string nor an array of strings");
        }
        found.add(json.getText().strip());
    }
}
