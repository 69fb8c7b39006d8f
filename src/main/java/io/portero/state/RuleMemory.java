package io.portero.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.portero.plan.KnownRules;
import java.util.TreeMap;

/**
 * Stores the listed form of our rules, so that a change while no agent runs is found at the next start.
 *
 * <p>If it cannot be stored, the agent learns the forms again after a restart.
 */
public final class RuleMemory {
    private static final String NAME = "known-rules.json";

    private final StateDirectory state;

    public RuleMemory(StateDirectory state) {
        this.state = state;
    }

    public KnownRules recall() {
        return state.read(NAME).map(RuleMemory::parse).orElse(KnownRules.NONE);
    }

    public void keep(KnownRules known) {
        if (!recall().equals(known)) {
            state.write(NAME, print(known));
        }
    }

    private static String print(KnownRules known) {
        var root = JsonNodeFactory.instance.objectNode().put("lister", known.lister());
        var bodies = root.putObject("bodies");
        known.bodies().forEach(bodies::put);
        return root + "\n";
    }

    private static KnownRules parse(String text) {
        try {
            var root = new ObjectMapper().readTree(text);
            var bodies = new TreeMap<String, String>();
            root.path("bodies")
                    .properties()
                    .forEach(e -> bodies.put(e.getKey(), e.getValue().asText()));
            return new KnownRules(root.path("lister").asText(), bodies);
        } catch (JsonProcessingException e) {
            return KnownRules.NONE; // as if it had not been stored
        }
    }
}
