package io.portero.migration;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;

/** Writes a rule of nft's listing nearly as nft prints it, and short enough for a message. */
final class NftRuleText {
    private static final int LONG = 120;

    private NftRuleText() {}

    static String of(JsonNode rule) {
        var words = new ArrayList<String>();
        for (var statement : rule.path("expr")) {
            statement
                    .properties()
                    .forEach(entry -> words.add(
                            switch (entry.getKey()) {
                                case "match" -> comparison(entry.getValue());
                                case "vmap" -> side(entry.getValue().path("key")) + " vmap";
                                case "jump", "goto" ->
                                    entry.getKey() + " "
                                            + entry.getValue().path("target").asText();
                                default -> entry.getKey();
                            }));
        }
        var text = String.join(" ", words);
        return text.length() <= LONG ? text : text.substring(0, LONG) + "...";
    }

    private static String comparison(JsonNode match) {
        var operator = match.path("op").asText().equals("!=") ? " != " : " ";
        var right = match.path("right");
        return side(match.path("left")) + operator + (right.isValueNode() ? right.asText() : "{ ... }");
    }

    private static String side(JsonNode left) {
        var payload = left.path("payload");
        if (!payload.isMissingNode()) {
            return payload.path("protocol").asText() + " "
                    + payload.path("field").asText();
        }
        var kind = left.fieldNames().hasNext() ? left.fieldNames().next() : "";
        return kind + " " + left.path(kind).path("key").asText();
    }
}
