package io.portero.state;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What was changed, when and why, in {@code audit.jsonl}.
 *
 * <p>Each line holds the SHA-256 of the line before, so that a line cannot be changed or taken out without a trace. A
 * file that reaches 4 MiB is put aside as {@code audit.1.jsonl} and so on up to 4; the chain goes on across files. What
 * cannot be written is counted, and the next line that can be tells how many are missing. Enforcement never waits for it.
 */
public final class AuditTrail {
    static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final int KEPT = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final String FIRST = "0".repeat(64);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path directory;
    private final int maxBytes;
    /** Since the last line that could be written, and since the start; asked for while a line hangs. */
    private final AtomicLong unwritten = new AtomicLong();

    private final AtomicLong unwrittenInAll = new AtomicLong();

    public AuditTrail(Path directory) {
        this(directory, MAX_BYTES);
    }

    AuditTrail(Path directory, int maxBytes) {
        this.directory = directory;
        this.maxBytes = maxBytes;
    }

    /** How many lines could not be written since the start. */
    public long unwritten() {
        return unwrittenInAll.get();
    }

    /** Counts a line that nobody even tries to write. */
    public void missed() {
        unwritten.incrementAndGet();
        unwrittenInAll.incrementAndGet();
    }

    /** Commands append too, beside the agent. */
    public synchronized void append(Instant at, Map<String, String> what) {
        long missing = unwritten.get();
        try {
            Files.createDirectories(directory);
            var failed = OneAtATime.in(directory.resolve("audit.lock"), PATIENCE, () -> {
                var last = lastLine();
                var line = line(at, what, missing, last.map(AuditTrail::hash).orElse(FIRST));
                rotate(line.length());
                write(line);
                StateDirectory.adopt(file(0));
            });
            if (failed.isPresent()) {
                throw new IOException(failed.get());
            }
            unwritten.addAndGet(-missing);
        } catch (IOException e) {
            missed();
        }
    }

    private static String line(Instant at, Map<String, String> what, long missing, String previous) {
        var node = JsonNodeFactory.instance.objectNode().put("at", at.toString());
        what.forEach(node::put);
        if (missing > 0) {
            node.put("missing_before", missing);
        }
        return print(node.put("previous", previous)) + "\n";
    }

    private static String print(ObjectNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON nodes can always be printed", e);
        }
    }

    private void write(String line) throws IOException {
        var permissions = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));
        var options = Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try (var channel = FileChannel.open(file(0), options, permissions)) {
            long end = channel.size();
            try {
                channel.position(end);
                var start = endsInMidLine(end) ? "\n" : "";
                var bytes = ByteBuffer.wrap((start + line).getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            } catch (IOException e) {
                channel.truncate(end); // half a line would break the chain
                throw e;
            }
        }
    }

    /** As after a crash, or after somebody's editor. */
    private boolean endsInMidLine(long end) throws IOException {
        if (end == 0) {
            return false;
        }
        try (var access = new RandomAccessFile(file(0).toFile(), "r")) {
            access.seek(end - 1);
            return access.read() != '\n';
        }
    }

    private void rotate(int more) throws IOException {
        if (!Files.exists(file(0)) || Files.size(file(0)) + more <= maxBytes) {
            return;
        }
        for (int i = KEPT - 1; i >= 0; i--) {
            if (Files.exists(file(i))) {
                Files.move(file(i), file(i + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private Path file(int index) {
        return directory.resolve(index == 0 ? "audit.jsonl" : "audit." + index + ".jsonl");
    }

    private Optional<String> lastLine() throws IOException {
        for (int i = 0; i <= KEPT; i++) {
            if (Files.exists(file(i)) && Files.size(file(i)) > 0) {
                return Optional.of(lastLineOf(file(i)));
            }
        }
        return Optional.empty();
    }

    private static String lastLineOf(Path file) throws IOException {
        try (var access = new RandomAccessFile(file.toFile(), "r")) {
            int size = (int) Math.min(access.length(), 65536);
            var bytes = new byte[size];
            access.seek(access.length() - size);
            access.readFully(bytes);
            var lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return lines.isEmpty() ? "" : lines.getLast();
        }
    }

    /** All lines that are kept, oldest first. */
    public List<String> lines() throws IOException {
        var lines = new ArrayList<String>();
        for (int i = KEPT; i >= 0; i--) {
            if (Files.exists(file(i))) {
                lines.addAll(Files.readAllLines(file(i)));
            }
        }
        return lines;
    }

    /** Where the chain is broken first: the number of the line, counted from 1 over all files; none if it is whole. */
    public static Optional<Integer> firstBreak(List<String> lines) {
        var previous = Optional.<String>empty();
        for (int i = 0; i < lines.size(); i++) {
            var named = previousNamedIn(lines.get(i));
            if (named.isEmpty() || previous.isPresent() && !named.equals(previous)) {
                return Optional.of(i + 1);
            }
            previous = Optional.of(hash(lines.get(i)));
        }
        return Optional.empty();
    }

    private static Optional<String> previousNamedIn(String line) {
        try {
            var node = MAPPER.readTree(line).path("previous");
            return node.isTextual() ? Optional.of(node.asText()) : Optional.empty();
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static String hash(String line) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(line.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
