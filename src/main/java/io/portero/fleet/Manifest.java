package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The signed content: the target of a policy, its validity, and its layers.
 *
 * <p>It is readable text, and each manifest has exactly one text: a text that would be printed differently is refused.
 *
 * @param role the role of the hosts that take it
 * @param lists sorted by name
 */
public record Manifest(
        String fleet,
        String role,
        long version,
        Instant made,
        Instant expires,
        List<ListRef> lists,
        Layer groups,
        Layer policy) {
    static final String GROUPS = "groups.yaml";

    private static final String FIRST = "portero-bundle: 1";
    private static final String LAST = "end: portero-bundle";
    private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    private static final String LAYER = "layer: ";
    private static final String INDENT = "  ";

    public Manifest {
        lists = lists.stream().sorted().toList();
    }

    /** Whether a text is a valid name of a fleet, a role or a host's key in the store. */
    public static boolean isWord(String word) {
        return WORD.matcher(word).matches();
    }

    /** The name of a role's layer. */
    public static String layerOf(String role) {
        return "roles/" + role + ".yaml";
    }

    public Optional<ListRef> list(String name) {
        return lists.stream().filter(l -> l.name().equals(name)).findFirst();
    }

    /** Whether the content is equal, apart from version and times. */
    public boolean saysAs(Manifest other) {
        return fleet.equals(other.fleet)
                && role.equals(other.role)
                && lists.equals(other.lists)
                && groups.text().equals(other.groups.text())
                && policy.text().equals(other.policy.text());
    }

    /** The same as another version. */
    public Manifest as(long nextVersion, Instant nextMade, Instant nextExpires) {
        return new Manifest(fleet, role, nextVersion, nextMade, nextExpires, lists, groups, policy);
    }

    public String text() {
        var text = new StringBuilder(FIRST + "\n");
        text.append("fleet: ").append(fleet).append('\n');
        text.append("role: ").append(role).append('\n');
        text.append("version: ").append(version).append('\n');
        text.append("made: ").append(made).append('\n');
        text.append("expires: ").append(expires).append('\n');
        lists.forEach(l -> text.append("list: " + l.name() + " " + l.hash() + " " + l.bytes() + "\n"));
        layer(text, groups);
        layer(text, policy);
        return text.append(LAST).append('\n').toString();
    }

    private static void layer(StringBuilder text, Layer layer) {
        text.append(LAYER).append(layer.name()).append('\n');
        layer.text().lines().forEach(line -> text.append(INDENT).append(line).append('\n'));
    }

    /** Parses exactly the output of {@link #text}. */
    public static Manifest parse(String text) throws Refusal {
        var lines = new ArrayDeque<>(text.lines().toList());
        try {
            if (!FIRST.equals(lines.poll())) {
                throw malformed("it does not begin with " + FIRST);
            }
            var fleet = field(lines, "fleet");
            var role = field(lines, "role");
            if (!isWord(fleet) || !isWord(role)) {
                throw malformed("it has no fleet and no role");
            }
            long version = Long.parseLong(field(lines, "version"));
            var made = Instant.parse(field(lines, "made"));
            var expires = Instant.parse(field(lines, "expires"));
            var lists = new ArrayList<ListRef>();
            while (!lines.isEmpty() && lines.getFirst().startsWith("list: ")) {
                lists.add(listRef(field(lines, "list")));
            }
            var groups = layer(lines, GROUPS);
            var manifest =
                    new Manifest(fleet, role, version, made, expires, lists, groups, layer(lines, layerOf(role)));
            if (version < 1 || !LAST.equals(lines.poll()) || !manifest.text().equals(text)) {
                throw malformed("it is not in the canonical form");
            }
            return manifest;
        } catch (NumberFormatException | DateTimeException e) {
            throw malformed("a number or a time in it cannot be read");
        }
    }

    private static String field(Deque<String> lines, String name) throws Refusal {
        var line = lines.poll();
        if (line == null || !line.startsWith(name + ": ")) {
            throw malformed("it has no " + name + " where one must stand");
        }
        return line.substring(name.length() + 2);
    }

    private static ListRef listRef(String line) throws Refusal {
        var words = line.split(" ", -1);
        try {
            if (words.length == 3) {
                return new ListRef(words[0], words[1], Long.parseLong(words[2]));
            }
        } catch (IllegalArgumentException e) {
            throw malformed("it names an invalid list");
        }
        throw malformed("it has a list entry without a name");
    }

    private static Layer layer(Deque<String> lines, String name) throws Refusal {
        if (!(LAYER + name).equals(lines.poll())) {
            throw malformed("the layer " + name + " is missing");
        }
        var text = new StringBuilder();
        while (!lines.isEmpty() && lines.getFirst().startsWith(INDENT)) {
            text.append(lines.removeFirst().substring(INDENT.length())).append('\n');
        }
        return Layer.read(name, text.toString());
    }

    private static Refusal malformed(String why) {
        return new Refusal(Kind.MALFORMED, "the bundle is damaged: " + why + "; sign and push it again");
    }
}
