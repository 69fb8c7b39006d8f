package io.portero.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request of a command to the agent, as one line of JSON.
 *
 * @param verb the name of the command
 * @param words the parameters of the command
 */
public record Request(String verb, Map<String, String> words) {
    private static final String VERB = "do";

    public Request {
        words = Map.copyOf(words);
    }

    public static Request of(String verb) {
        return new Request(verb, Map.of());
    }

    String line() {
        var node = JsonNodeFactory.instance.objectNode().put(VERB, verb);
        words.forEach(node::put);
        return node.toString();
    }

    private static Map<String, String> words(JsonNode node) {
        var words = new TreeMap<String, String>();
        node.properties().stream()
                .filter(e -> e.getValue().isTextual())
                .forEach(e -> words.put(e.getKey(), e.getValue().asText()));
        return words;
    }

    static Optional<Request> parse(String line) {
        try {
            var words = words(new ObjectMapper().readTree(line));
            var verb = words.remove(VERB);
            return verb == null ? Optional.empty() : Optional.of(new Request(verb, words));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /**
     * The agent's answer, as one line of JSON.
     *
     * @param done whether the agent has done what was asked
     * @param says the result, or why nothing was done, as a clause
     * @param words further results, by names that the command knows
     */
    public record Answer(boolean done, String says, Map<String, String> words) {
        private static final String DONE = "done";
        private static final String SAYS = "says";

        public Answer {
            words = Map.copyOf(words);
        }

        public Answer(boolean done, String says) {
            this(done, says, Map.of());
        }

        String line() {
            var node = JsonNodeFactory.instance.objectNode().put(DONE, done).put(SAYS, says);
            words.forEach(node::put);
            return node.toString();
        }

        static Optional<Answer> parse(String line) {
            try {
                var node = new ObjectMapper().readTree(line);
                var words = Request.words(node);
                var says = words.remove(SAYS);
                return says == null
                        ? Optional.empty()
                        : Optional.of(new Answer(node.path(DONE).asBoolean(), says, words));
            } catch (JsonProcessingException e) {
                return Optional.empty();
            }
        }
    }
}
