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
 * The last policies that were in force, newest last: an index, and for each content a file with the policy and what its lists
 * held.
 *
 * <p>At most {@value #MOST} are kept, and {@value #MOST_BYTES} bytes; a policy whose text a newer one repeats, so that only
 * lists changed, goes first. A content is kept once however often it came into force. Nothing is written where little room is
 * left: the last good policy needs that more. The files are read by commands while the agent writes them.
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

    /** What came into force. */
    public record Content(String policy, Map<ListFile, AddressSet> lists) {
        public Content {
            lists = Map.copyOf(lists);
        }
    }

    /** Notes that a policy came into force, unless it is the newest already; the reason when that could not be written. */
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

    /** Notes that the newest has to be confirmed. */
    public Optional<String> probationBegan() {
        var entries = entries();
        return entries.isEmpty()
                ? Optional.empty()
                : change(entries.getLast(), entry -> entry.ended(PastPolicy.ON_PROBATION));
    }

    /** Notes how the probation that was under way ended. */
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
            return true; // the directory is still to be made, and the write says what is wrong with it
        }
    }

    /** Takes away what is too much; the contents that nobody refers to any more. */
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

    /** All that are known, newest last. */
    public List<PastPolicy> entries() {
        return state.read(INDEX).map(PolicyHistory::parse).orElse(List.of());
    }

    /** What it was; nothing when its file is gone or not whole. */
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
            return List.of(); // as if nothing had ever been kept
        }
    }

    private static Optional<PastPolicy> entry(JsonNode node) {
        var content = node.path("content").asText();
        boolean ours = List.of("content", "digest", "text").stream()
                        .allMatch(k -> DIGEST.matcher(node.path(k).asText()).matches())
                && List.of("why", "end").stream()
                        .allMatch(k -> WORD.matcher(node.path(k).asText()).matches());
        if (!ours) {
            return Optional.empty(); // it would name another file, or be printed on a terminal
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
