package io.portero.config;

import io.portero.policy.Name;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Walks through the nodes of a policy file according to the {@link Shape}, collects the words and reports what does not
 * fit.
 */
final class DocumentWalk {
    private static final String MERGE = "<<";
    private static final String NOTHING_LISTED = "this key has no value; write [] for an empty list, or remove the key";
    private static final String NOTHING_BELOW = "this key has no value; add what is missing, or remove the key";
    private static final Pattern LIST_SEPARATOR = Pattern.compile("[\\\\,]");

    private final Findings findings;
    private final Map<String, String> properties = new LinkedHashMap<>();
    private final Map<String, String> below = new HashMap<>();
    private final Map<String, Integer> lines = new HashMap<>();

    DocumentWalk(Findings findings) {
        this.findings = findings;
    }

    PolicyDocument document() {
        return new PolicyDocument(properties, below, lines);
    }

    void walk(Shape shape, String key, Node node) {
        if (!key.isEmpty()) {
            lines.putIfAbsent(key, node.getStartMark().getLine() + 1);
        }
        switch (shape) {
            case Shape.Section section -> walkSection(section, key, node);
            case Shape.Named named -> walkNamed(named, key, node);
            case Shape.Items items -> walkItems(items, key, node);
            case Shape.Words words -> walkWords(key, node, (at, item) -> scalar(key, item));
            case Shape.Members members ->
                walkWords(
                        key,
                        node,
                        (at, item) -> item instanceof MappingNode ? member(members, at, item) : scalar(key, item));
            case Shape.Word word -> scalar(key, node).ifPresent(text -> properties.put(key, text));
            case Shape.WordOr word -> walkWordOr(word, key, node);
            case Shape.Truth truth -> walkTruth(key, node);
        }
    }

    /** {@code drain: 2h} in braces becomes the word drain, with 2h as its additional value. */
    private void walkWordOr(Shape.WordOr word, String key, Node node) {
        if (!(node instanceof MappingNode mapping)) {
            scalar(key, node).ifPresent(text -> properties.put(key, text));
            return;
        }
        if (mapping.getValue().isEmpty()) {
            findings.error(Nodes.lineOf(node), key, NOTHING_BELOW);
        }
        walkSection(word.more(), key, node);
        for (var name : word.more().keys().keySet()) {
            var text = properties.remove(join(key, name));
            if (text != null) {
                properties.put(key, name);
                below.put(join(key, name), text);
            }
        }
    }

    private void walkSection(Shape.Section section, String key, Node node) {
        each(key, node, section.keys().keySet().stream().sorted().toList(), (name, keyNode, value) -> {
            var shape = section.keys().get(name);
            if (shape == null) {
                unknown(join(key, name), name, section, keyNode);
            } else {
                walkEntry(shape, join(key, name), keyNode, value);
            }
        });
    }

    private void unknown(String key, String name, Shape.Section section, Node keyNode) {
        var known = section.keys().keySet();
        var hint = Optional.of("YAML 1.1 writes true for on; did you mean \"on\"?")
                .filter(h -> known.contains("on") && name.equalsIgnoreCase("true"))
                .or(() -> Nearest.to(name, known).map(k -> "did you mean " + k + "?"))
                .orElseGet(() -> "known here are " + known.stream().sorted().collect(Collectors.joining(", ")));
        findings.error(Nodes.lineOf(keyNode), PolicyDocument.printable(key), "this key is unknown; " + hint);
    }

    private void walkNamed(Shape.Named named, String key, Node node) {
        each(key, node, List.of(), (name, keyNode, value) -> {
            if (Name.isValid(name)) {
                walkEntry(named.value(), join(key, name), keyNode, value);
            } else {
                findings.error(
                        Nodes.lineOf(keyNode),
                        key,
                        "\"" + PolicyDocument.printable(name) + "\" cannot be a name; " + Name.RULE);
            }
        });
    }

    private void walkEntry(Shape shape, String key, Node keyNode, Node value) {
        if (lines.putIfAbsent(key, Nodes.lineOf(keyNode)) != null) {
            findings.error(
                    Nodes.lineOf(keyNode),
                    key,
                    "this key appears twice, first in line " + lines.get(key) + "; keep one");
        } else {
            walk(shape, key, value);
        }
    }

    private void walkItems(Shape.Items items, String key, Node node) {
        if (!(node instanceof SequenceNode sequence)) {
            findings.error(Nodes.lineOf(node), key, Nodes.isNull(node) ? NOTHING_LISTED : "a list is expected here");
            return;
        }
        int index = 0;
        for (var item : sequence.getValue()) {
            walk(items.item(), key + "[" + index++ + "]", item);
        }
    }

    /** The value of {@code address} becomes the word; the other values become its additional values. */
    private Optional<String> member(Shape.Members members, String at, Node node) {
        walkSection(members.more(), at, node);
        boolean written = lines.containsKey(join(at, Shape.Members.WORD));
        for (var name : members.more().keys().keySet()) {
            Optional.ofNullable(properties.remove(join(at, name))).ifPresent(text -> below.put(join(at, name), text));
        }
        var word = Optional.ofNullable(below.remove(join(at, Shape.Members.WORD)));
        if (!written) {
            findings.error(Nodes.lineOf(node), at, "the address is missing; add it, such as address: 192.0.2.7");
        }
        if (word.isEmpty()) { // the next item will get the same index
            members.more().keys().keySet().forEach(name -> lines.remove(join(at, name)));
        }
        return word;
    }

    private interface Item {
        Optional<String> word(String at, Node node);
    }

    private void walkWords(String key, Node node, Item item) {
        if (Nodes.isNull(node)) {
            findings.error(Nodes.lineOf(node), key, NOTHING_LISTED);
            return;
        }
        if (!(node instanceof SequenceNode sequence)) {
            item.word(key + "[0]", node).ifPresent(text -> {
                lines.put(key + "[0]", Nodes.lineOf(node));
                properties.put(key, escaped(text));
            });
            return;
        }
        var joined = new StringBuilder();
        int index = 0;
        for (var one : sequence.getValue()) {
            var at = key + "[" + index + "]";
            var text = item.word(at, one);
            if (text.isPresent()) {
                index++;
                lines.put(at, Nodes.lineOf(one));
                joined.append(joined.isEmpty() ? "" : ",").append(escaped(text.get()));
            }
        }
        if (!joined.isEmpty()) {
            properties.put(key, joined.toString());
        }
    }

    private static String escaped(String text) {
        return text.indexOf(',') < 0 && text.indexOf('\\') < 0
                ? text
                : LIST_SEPARATOR.matcher(text).replaceAll("\\\\$0");
    }

    private void walkTruth(String key, Node node) {
        scalar(key, node).ifPresent(text -> {
            var truth = Truths.of(text);
            if (truth.isPresent()) {
                properties.put(key, truth.get());
            } else {
                findings.error(
                        Nodes.lineOf(node),
                        key,
                        "\"" + PolicyDocument.printable(text) + "\" is neither true nor false"
                                + Truths.meantBy(text)
                                        .map(meant -> "; write " + meant)
                                        .orElse(""));
            }
        });
    }

    private Optional<String> scalar(String key, Node node) {
        if (!(node instanceof ScalarNode scalar)) {
            findings.error(Nodes.lineOf(node), key, "one word is expected here, not " + Nodes.kind(node));
        } else if (Nodes.isNull(node) || scalar.getValue().isBlank()) {
            findings.error(Nodes.lineOf(node), key, "the value is missing; write one, or remove the key");
        } else {
            return Optional.of(scalar.getValue());
        }
        return Optional.empty();
    }

    private interface Entry {
        void accept(String name, Node keyNode, Node value);
    }

    private void each(String key, Node node, List<String> known, Entry entry) {
        if (Nodes.isNull(node)) {
            findings.error(Nodes.lineOf(node), key, NOTHING_BELOW);
            return;
        }
        if (!(node instanceof MappingNode mapping)) {
            var what = known.isEmpty() ? "names with their values" : String.join(", ", known);
            findings.error(Nodes.lineOf(node), key, "keys are expected here (" + what + "), not " + Nodes.kind(node));
            return;
        }
        for (var tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode merge && MERGE.equals(merge.getValue())) {
                findings.error(
                        Nodes.lineOf(merge),
                        key,
                        "a merge key (<<) is not supported here; write the keys out, or repeat the whole value"
                                + " by its anchor");
            } else if (tuple.getKeyNode() instanceof ScalarNode name) {
                entry.accept(name.getValue(), name, tuple.getValueNode());
            } else {
                findings.error(
                        Nodes.lineOf(tuple.getKeyNode()),
                        key,
                        "a key must be one word, not " + Nodes.kind(tuple.getKeyNode()));
            }
        }
    }

    private static String join(String key, String name) {
        return key.isEmpty() ? name : key + "." + name;
    }
}
