package io.portero.migration;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Reads values of nft's listing: members of sets, addresses, words. */
final class NftValues {
    private NftValues() {}

    static List<JsonNode> flat(JsonNode values) {
        var all = new ArrayList<JsonNode>();
        values.forEach(v -> all.add(v.has("elem") ? v.path("elem").path("val") : v));
        return all;
    }

    static Set<String> words(List<JsonNode> values) {
        var words = new TreeSet<String>();
        values.forEach(v -> words.add(v.asText()));
        return words;
    }

    static String address(JsonNode value) {
        var prefix = value.path("prefix");
        if (!prefix.isMissingNode()) {
            return prefix.path("addr").asText() + "/" + prefix.path("len").asText();
        }
        var range = value.path("range");
        return range.isMissingNode()
                ? value.asText()
                : range.path(0).asText() + "-" + range.path(1).asText();
    }
}
