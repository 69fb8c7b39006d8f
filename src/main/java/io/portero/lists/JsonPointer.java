package io.portero.lists;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Selects strings of a JSON document: a JSON pointer (RFC 6901) with {@code *} for every entry of an array or object.
 *
 * <p>It leads to a string or an array of strings. Entries without the part after {@code *} are skipped, because
 * publishers put IPv4 and IPv6 under different names into one array.
 */
record JsonPointer(List<String> steps) {
    static final String EVERY = "*";

    JsonPointer {
        steps = List.copyOf(steps);
    }

    /** The pointer after {@code #} in a URL of a policy, which has been checked. */
    static Optional<JsonPointer> of(URI url) {
        return Optional.ofNullable(url.getFragment()).map(JsonPointer::parse);
    }

    static JsonPointer parse(String text) {
        var steps = new ArrayList<String>();
        for (var step : List.of(text.split("/", -1)).subList(1, text.split("/", -1).length)) {
            steps.add(step.replace("~1", "/").replace("~0", "~"));
        }
        return new JsonPointer(steps);
    }

    /** Whether the entry of this name at this depth is on the path. */
    boolean leadsTo(int depth, String name) {
        return steps.get(depth).equals(EVERY) || steps.get(depth).equals(name);
    }

    boolean endsAt(int depth) {
        return depth == steps.size();
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        steps.forEach(s -> text.append('/').append(s.replace("~", "~0").replace("/", "~1")));
        return text.toString();
    }
}
