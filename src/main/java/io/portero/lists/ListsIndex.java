package io.portero.lists;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.Reference.UrlList;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * Stores the known state of lists and reads it back; a list that cannot be read counts as never fetched.
 *
 * <p>The index {@code urls.json} is small and written after each fetch. The members of each list are in a file of their
 * own, written when they change. Validators are valid only for the file whose digest is stored beside them, so that a
 * lost file is fetched again in full.
 */
final class ListsIndex {
    static final String NAME = "urls.json";

    private ListsIndex() {}

    /** The file that holds the members of a list. */
    static String membersFile(UrlList list) {
        return "url-" + digest(list.address()).substring(0, 16) + ".list";
    }

    static String text(AddressSet members) {
        var text = new StringBuilder();
        members.ranges().forEach(r -> text.append(r).append('\n'));
        return text.toString();
    }

    static String text(Map<UrlList, Entry> lists, Map<UrlList, String> digests) {
        var root = JsonNodeFactory.instance.objectNode();
        lists.forEach((list, entry) -> write(root.putObject(list.address()), entry, digests.get(list)));
        return root.toPrettyString() + "\n";
    }

    private static void write(ObjectNode node, Entry entry, @org.jspecify.annotations.Nullable String digest) {
        node.put("answered", entry.answered().map(Instant::toString).orElse(null));
        node.put("due", entry.due().toString());
        node.put("failures", entry.failures());
        node.put("error", entry.error().orElse(null));
        node.put("bytes", entry.bytes());
        node.put("members", digest);
        node.put("etag", entry.validators().etag().orElse(null));
        node.put("last_modified", entry.validators().lastModified().orElse(null));
        entry.next()
                .filter(n -> n.heldFor().isPresent())
                .ifPresent(n -> node.putObject("held")
                        .put("entries", n.members().rangeCount())
                        .put("why", n.heldFor().orElseThrow()));
    }

    /**
     * The stored state of one list.
     *
     * @param digest the digest of the members that were in force
     */
    record Kept(Entry entry, Optional<String> digest, Optional<ListState.Held> held) {}

    static Map<UrlList, Kept> read(String index, ListStore store, Instant now) {
        var lists = new HashMap<UrlList, Kept>();
        try {
            for (var e : new ObjectMapper().readTree(index).properties()) {
                var list = new UrlList(e.getKey());
                lists.put(list, kept(e.getValue(), store.read(membersFile(list)), now));
            }
        } catch (JsonProcessingException e) {
            return Map.of();
        }
        return lists;
    }

    private static Kept kept(JsonNode node, Optional<String> members, Instant now) {
        var digest = text(node, "members")
                .filter(d -> members.map(ListsIndex::digest).filter(d::equals).isPresent());
        var entry = new Entry(
                text(node, "members").flatMap(d -> members).map(ListsIndex::members),
                digest.isPresent() ? new Validators(text(node, "etag"), text(node, "last_modified")) : Validators.NONE,
                node.path("bytes").asLong(),
                instant(node, "answered"),
                instant(node, "due").orElse(now),
                false,
                0,
                node.path("failures").asLong(),
                text(node, "error"),
                Optional.empty(),
                false);
        var held = text(node.path("held"), "why")
                .map(why -> new ListState.Held(node.path("held").path("entries").asInt(), why));
        return new Kept(entry, digest, held);
    }

    private static AddressSet members(String text) {
        var ranges = new ArrayList<AddressRange>();
        text.lines().forEach(line -> {
            try {
                ranges.add(AddressRange.parse(line));
            } catch (Ip.NotAnAddress e) {
                // Not a line of ours; the digest will not match, so the list is fetched again in full.
            }
        });
        return AddressSet.of(ranges);
    }

    private static Optional<String> text(JsonNode node, String name) {
        return node.path(name).isTextual() ? Optional.of(node.path(name).asText()) : Optional.empty();
    }

    private static Optional<Instant> instant(JsonNode node, String name) {
        try {
            return text(node, name).map(Instant::parse);
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    static String digest(String text) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(sha.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java runtime has this algorithm
        }
    }
}
