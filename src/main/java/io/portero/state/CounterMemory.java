package io.portero.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.apply.Firewall.Count;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps counters monotonic when a kernel object is created again and when the agent restarts.
 *
 * <p>A counter that has become smaller was created again; its old value is added from then on. The values are stored in
 * the run directory, which is lost at a reboot, like the kernel's counters. Belongs to one thread at a time.
 */
public final class CounterMemory {
    private static final String NAME = "counters.json";

    private final StateDirectory directory;
    private final Map<String, Known> counters;
    private Map<String, Known> written;

    private CounterMemory(StateDirectory directory, Map<String, Known> counters) {
        this.directory = directory;
        this.counters = counters;
        this.written = Map.copyOf(counters);
    }

    /** The last value of a kernel object, and the sum of its predecessors. */
    private record Known(Count last, Count before) {
        static final Known NOTHING = new Known(Count.ZERO, Count.ZERO);

        Known then(Count now) {
            boolean anew = now.packets() < last.packets() || now.bytes() < last.bytes();
            return new Known(now, anew ? sum(before, last) : before);
        }

        Count total() {
            return sum(last, before);
        }
    }

    /** Loads what the previous agent stored in this directory. */
    public static CounterMemory in(Path runDirectory) {
        var directory = new StateDirectory(runDirectory);
        return new CounterMemory(
                directory,
                new HashMap<>(directory.read(NAME).map(CounterMemory::read).orElse(Map.of())));
    }

    /** All counts so far, including removed objects. */
    public Map<String, Count> totals() {
        var totals = new HashMap<String, Count>();
        counters.forEach((name, known) -> totals.put(name, known.total()));
        return Map.copyOf(totals);
    }

    /** All counts after this reading of the kernel. */
    public Map<String, Count> totals(Map<String, Count> shown) {
        shown.forEach((name, count) ->
                counters.put(name, counters.getOrDefault(name, Known.NOTHING).then(count)));
        return totals();
    }

    /** Stores it if it changed; a failed write only means that it is lost at the next restart. */
    public void save() {
        if (!counters.equals(written)) {
            written = Map.copyOf(counters);
            directory.write(NAME, text());
        }
    }

    private String text() {
        var root = JsonNodeFactory.instance.objectNode();
        counters.forEach((name, known) ->
                root.putObject(name).<ObjectNode>set("last", node(known.last())).set("before", node(known.before())));
        return root + "\n";
    }

    private static ObjectNode node(Count count) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("packets", count.packets())
                .put("bytes", count.bytes());
    }

    private static Map<String, Known> read(String text) {
        var counters = new HashMap<String, Known>();
        try {
            for (var entry : new ObjectMapper().readTree(text).properties()) {
                var node = entry.getValue();
                counters.put(entry.getKey(), new Known(count(node.path("last")), count(node.path("before"))));
            }
        } catch (JsonProcessingException e) {
            return Map.of(); // an incomplete file is useless
        }
        return counters;
    }

    private static Count count(JsonNode node) {
        return new Count(
                Math.max(0, node.path("packets").asLong()),
                Math.max(0, node.path("bytes").asLong()));
    }

    private static Count sum(Count a, Count b) {
        return new Count(a.packets() + b.packets(), a.bytes() + b.bytes());
    }
}
