package io.portero.config;

import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Describes YAML nodes for users. */
final class Nodes {
    private Nodes() {}

    static String kind(Node node) {
        return switch (node) {
            case MappingNode mapping -> "a mapping";
            case SequenceNode sequence -> "a list";
            default -> isNull(node) ? "nothing" : "a single word";
        };
    }

    static boolean isNull(Node node) {
        return Tag.NULL.equals(node.getTag());
    }

    static int lineOf(Node node) {
        return node.getStartMark().getLine() + 1;
    }
}
