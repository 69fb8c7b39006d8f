package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Parses YAML text into a tree.
 *
 * <p>Aliases of mappings and lists, merge keys, duplicate keys and excessive nesting are refused: a layer must mean the
 * same to every reader.
 */
final class TreeReader {
    private static final int DEEPEST = 8;
    private static final int LONGEST = 4 * 1024 * 1024;

    private final String file;

    private TreeReader(String file) {
        this.file = file;
    }

    /** @param file the name of the text in messages */
    static Tree.Mapping read(String text, String file) throws Refusal {
        var options = new LoaderOptions();
        options.setCodePointLimit(LONGEST);
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(4 * DEEPEST);
        var reader = new TreeReader(file);
        try {
            var root = new Yaml(options).compose(new StringReader(text));
            if (root == null || Tag.NULL.equals(root.getTag())) {
                return Tree.Mapping.EMPTY;
            }
            if (reader.tree(root, 0) instanceof Tree.Mapping mapping) {
                return mapping;
            }
            throw reader.refuse(root, "keys are expected here, such as groups: or services:");
        } catch (MarkedYAMLException e) {
            var mark = e.getProblemMark();
            throw reader.refuse(mark == null ? 0 : mark.getLine() + 1, "this is not YAML: " + plain(e.getProblem()));
        } catch (YAMLException e) {
            throw reader.refuse(0, "this is not YAML: " + plain(String.valueOf(e.getMessage())));
        }
    }

    private Tree tree(Node node, int depth) throws Refusal {
        if (depth > DEEPEST) {
            throw refuse(node, "it is nested deeper than any policy");
        }
        return switch (node) {
            case MappingNode mapping -> mapping(mapping, depth);
            case SequenceNode sequence -> {
                var items = new ArrayList<Tree>();
                for (var item : sequence.getValue()) {
                    items.add(tree(item, depth + 1));
                }
                yield new Tree.Items(items);
            }
            case ScalarNode word when Tag.NULL.equals(word.getTag()) -> new Tree.Nothing();
            case ScalarNode word -> new Tree.Word(word.getValue());
            default -> throw refuse(node, "this is not allowed in a policy");
        };
    }

    private Tree mapping(MappingNode node, int depth) throws Refusal {
        var entries = new LinkedHashMap<String, Tree>();
        for (var tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)
                    || key.getValue().equals("<<")) {
                throw refuse(tuple.getKeyNode(), "a key is one word; write merged keys out");
            }
            if (entries.putIfAbsent(key.getValue(), tree(tuple.getValueNode(), depth + 1)) != null) {
                throw refuse(key, "the key " + plain(key.getValue()) + " appears twice; keep one");
            }
        }
        return new Tree.Mapping(entries);
    }

    private Refusal refuse(Node node, String sentence) {
        return refuse(node.getStartMark().getLine() + 1, sentence);
    }

    private Refusal refuse(int line, String sentence) {
        return new Refusal(Kind.LAYER, file + (line > 0 ? ":" + line : "") + ": " + sentence);
    }

    private static String plain(String text) {
        var line = String.valueOf(text).lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", "?");
        return line.length() <= 80 ? line : line.substring(0, 77) + "...";
    }
}
