package io.portero.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.portero.policy.AddressSet;
import io.portero.policy.Reference.ListFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The last policies that were in force, newest last: an index, and for each content a file with the policy and its
 * lists.
 *
 * <p>At most {@value #MOST} entries and {@value #MOST_BYTES} bytes are kept; entries whose text a newer one repeats, so
 * that only lists differ, are removed first. Each content is stored once. Nothing is written when the disk is nearly
 * full: the last good policy needs the space more. Commands read the files while the agent writes them.
 */
public final class PolicyHistory {
    public static final int MOST = 50;
    static final long MOST_BYTES = 32L * 1024 * 1024;
    private static final long ROOM_LEFT = 16L * 1024 * 1024;
    private static final String INDEX = "history.json";
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{16}");
    private static final Pattern WORD = Pattern.compile("[a-z_]{1,40}");

    private final StateDirectory state;
    private final long mostBytes;

    public PolicyHistory(Path stateDirectory) {
        this(new StateDirectory(stateDirectory), MOST_BYTES);
    }

    PolicyHistory(StateDirectory state, long mostBytes) {
        this.state = state;
        this.mostBytes = mostBytes;
    }

    /** A policy that came into force. */
    public record Content(String policy, Map<ListFile, AddressSet> lists) {
        public Content {
            lists = Map.copyOf(lists);
        }
    }

    /**
     * Records that a policy came into force, unless it is the newest already; returns the reason if the write failed.
     */
    public Optional<String> cameIntoForce(Instant at, String why, String digest, Content content) {
        var kept = new Generation(content.policy(), content.lists(), "").text();
        var name = Digest.of(kept);
        var entries = entries();
        if (!entries.isEmpty() && entries.getLast().content().equals(name)) {
            return Optional.empty();
        }
        if (!hasRoom(kept.length())) {
            return Optional.of("the policy was not added to the history, because less than " + ROOM_LEFT / 1024 / 1024
                    + " MB are free in " + state.path(""));
        }
        long number = entries.isEmpty() ? 1 : entries.getLast().number() + 1;
        var next = new ArrayList<>(entries);
        next.add(new PastPolicy(
                number, at, why, digest, name, Digest.of(content.policy()), kept.length(), PastPolicy.IN_FORCE));
        var gone = prune(next);
        boolean known = entries.stream().anyMatch(e -> e.content().equals(name));
        var failed = (known ? Optional.<String>empty() : state.write(file(name), kept)).or(() -> write(next));
        if (failed.isEmpty()) {
            gone.forEach(c -> state.delete(file(c)));
        }
        return failed;
    }

    /** Records that the newest one is on probation. */
    public Optional<String> probationBegan() {
        var entries = entries();
        return entries.isEmpty()
                ? Optional.empty()
                : change(entries.getLast(), entry -> entry.ended(PastPolicy.ON_PROBATION));
    }

    /** Records how the current probation ended. */
    public Optional<String> probationEnded(String how) {
        return entries().reversed().stream()
                .filter(entry -> entry.end().equals(PastPolicy.ON_PROBATION))
                .findFirst()
                .flatMap(entry -> change(entry, e -> e.ended(how)));
    }

    private Optional<String> change(PastPolicy which, UnaryOperator<PastPolicy> how) {
        return write(entries().stream()
                .map(entry -> entry.number() == which.number() ? how.apply(entry) : entry)
                .toList());
    }

    private boolean hasRoom(long bytes) {
        try {
            return Files.getFileStore(state.path("")).getUsableSpace() >= ROOM_LEFT + bytes;
        } catch (IOException e) {
            return true; // the directory does not exist yet; the write reports any problem
        }
    }

    /** Removes surplus entries; returns the contents without an entry. */
    private List<String> prune(List<PastPolicy> entries) {
        var gone = new ArrayList<String>();
        while (entries.size() > 1 && (entries.size() > MOST || bytes(entries) > mostBytes)) {
            var oldest = entries.subList(0, entries.size() - 1).stream()
                    .filter(e -> isListChange(entries, e))
                    .findFirst()
                    .orElse(entries.getFirst());
            entries.remove(oldest);
            if (entries.stream().noneMatch(e -> e.content().equals(oldest.content()))) {
                gone.add(oldest.content());
            }
        }
        return gone;
    }

    /** Whether the policy that followed has the same text. */
    private static boolean isListChange(List<PastPolicy> entries, PastPolicy entry) {
        int next = entries.indexOf(entry) + 1;
        return next < entries.size() && entries.get(next).text().equals(entry.text());
    }

    private static long bytes(List<PastPolicy> entries) {
        return entries.stream()
                .collect(Collectors.toMap(PastPolicy::content, PastPolicy::bytes, (a, b) -> a))
                .values()
                .stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    /** All entries, newest last. */
    public List<PastPolicy> entries() {
        return state.read(INDEX).map(PolicyHistory::parse).orElse(List.of());
    }

    /** The content of an entry; nothing if its file is missing or incomplete. */
    public Optional<Content> content(PastPolicy entry) {
        return state.read(file(entry.content()))
                .flatMap(Generation::parse)
                .map(kept -> new Content(kept.policy(), kept.lists()));
    }

    private static String file(String content) {
        return "history-" + content + ".policy";
    }

    private Optional<String> write(List<PastPolicy> entries) {
        var root = JsonNodeFactory.instance.arrayNode();
        entries.forEach(e -> root.addObject()
                .put("number", e.number())
                .put("at", e.at().toString())
                .put("why", e.why())
                .put("digest", e.digest())
                .put("content", e.content())
                .put("text", e.text())
                .put("bytes", e.bytes())
                .put("end", e.end()));
        return state.write(INDEX, root + "\n");
    }

    private static List<PastPolicy> parse(String text) {
        try {
            var entries = new ArrayList<PastPolicy>();
            new ObjectMapper().readTree(text).forEach(node -> entry(node).ifPresent(entries::add));
            return List.copyOf(entries);
        } catch (JsonProcessingException e) {
            return List.of(); // as if nothing had been stored
        }
    }

    private static Optional<PastPolicy> entry(JsonNode node) {
        var content = node.path("content").asText();
        boolean ours = List.of("content", "digest", "text").stream()
                        .allMatch(k -> DIGEST.matcher(node.path(k).asText()).matches())
                && List.of("why", "end").stream()
                        .allMatch(k -> WORD.matcher(node.path(k).asText()).matches());
        if (!ours) {
            return Optional.empty(); // it could name another file, or send control characters to a terminal
        }
        try {
            return Optional.of(new PastPolicy(
                    node.path("number").asLong(),
                    Instant.parse(node.path("at").asText()),
                    node.path("why").asText(),
                    node.path("digest").asText(),
                    content,
                    node.path("text").asText(),
                    node.path("bytes").asLong(),
                    node.path("end").asText()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
