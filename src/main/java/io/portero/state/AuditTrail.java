package io.portero.state;

import io.portero.files.Directory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The audit trail {@code audit.jsonl}: what was changed, when and why.
 *
 * <p>Each line holds its number and the SHA-256 of the line before, so that no line can be changed or removed without a
 * trace. {@code audit.head} holds number and hash of the last line, so that the end cannot be cut off. A file that
 * reaches 4 MiB is rotated to {@code audit.1.jsonl} and so on up to 4; the chain continues across files. Failed writes
 * are counted, and the next successful line says how many are missing.
 *
 * <p>Any thread may append, and waits until line and head are on the disk; the loop's thread must not.
 */
public final class AuditTrail {
    static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final int KEPT = 4;
    private static final String LOCK = "audit.lock";
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    /** The number of lines after which the head is copied elsewhere. */
    private static final int TOLD_EVERY = 64;

    private static final int LOOKS = 3;

    private final StateDirectory state;
    private final int maxBytes;
    private final Consumer<AuditHead> elsewhere;
    private final Repeats repeats = new Repeats();
    private boolean told;
    /** Counts since the last written line, and since the start; readable while a write hangs. */
    private final AtomicLong unwritten = new AtomicLong();

    private final AtomicLong unwrittenInAll = new AtomicLong();

    public AuditTrail(Path directory) {
        this(directory, head -> {});
    }

    /** @param elsewhere receives the head with the first line of this process, and regularly after that */
    public AuditTrail(Path directory, Consumer<AuditHead> elsewhere) {
        this(new StateDirectory(directory), MAX_BYTES, elsewhere);
    }

    AuditTrail(StateDirectory state, int maxBytes, Consumer<AuditHead> elsewhere) {
        this.state = state;
        this.maxBytes = maxBytes;
        this.elsewhere = elsewhere;
    }

    /** How many lines could not be written since the start. */
    public long unwritten() {
        return unwrittenInAll.get();
    }

    /** Counts a line that is dropped without a try. */
    public void missed() {
        unwritten.incrementAndGet();
        unwrittenInAll.incrementAndGet();
    }

    /** Commands append too, at the same time as the agent. */
    public synchronized void append(Instant at, Map<String, String> what) {
        if (repeats.isRepeated(at, what)) {
            return;
        }
        long missing = unwritten.get();
        try (var directory = state.make()) {
            var failed = OneAtATime.in(directory, LOCK, PATIENCE, () -> append(directory, at, what, missing));
            if (failed.isPresent()) {
                throw new IOException(failed.get());
            }
            unwritten.addAndGet(-missing);
            repeats.written();
        } catch (IOException e) {
            repeats.notWritten();
            missed();
        }
    }

    private void append(Directory directory, Instant at, Map<String, String> what, long missing) throws IOException {
        var end = new AuditFile(directory, state.disk()).end(KEPT);
        var kept = head();
        if (kept.isEmpty() && !AuditLine.isNumbered(end)) {
            kept = Optional.of(AuditHead.first(end));
            write(kept.get()); // a trail has a head from its first line on
        }
        var lagging = kept.flatMap(k -> AuditHead.caughtUp(end, k));
        if (lagging.isPresent()) {
            kept = lagging;
            write(lagging.get()); // so that it lags by one crash at most
        }
        var line = AuditLine.next(end, kept, at, what, missing, repeats.untold());
        rotate(directory, line.text().length());
        var file = new AuditFile(directory, state.disk());
        long before = file.append(line.text());
        var head = AuditHead.of(line);
        try {
            write(head);
        } catch (IOException e) {
            file.truncate(before); // a head that lags more than after a crash would look like a forgery
            throw e;
        }
        if (!told || head.number() % TOLD_EVERY == 0) {
            told = true;
            elsewhere.accept(head);
        }
    }

    private void write(AuditHead head) throws IOException {
        var failed = state.write(AuditHead.FILE, head.text());
        if (failed.isPresent()) {
            throw new IOException(failed.get());
        }
    }

    private Optional<AuditHead> head() {
        return state.read(AuditHead.FILE).flatMap(AuditHead::parse);
    }

    private void rotate(Directory directory, int more) throws IOException {
        var size = directory.size(AuditFile.name(0));
        if (size.isEmpty() || size.get() + more <= maxBytes) {
            return;
        }
        for (int i = KEPT - 1; i >= 0; i--) {
            if (directory.has(AuditFile.name(i))) {
                directory.rename(AuditFile.name(i), AuditFile.name(i + 1));
            }
        }
    }

    /** All stored lines, oldest first. */
    public List<String> lines() throws IOException {
        var lines = new ArrayList<String>();
        try (var directory = state.open()) {
            for (int i = KEPT; i >= 0; i--) {
                lines.addAll(lines(directory, AuditFile.name(i)));
            }
        } catch (NoSuchFileException e) {
            return List.of(); // nothing was changed yet
        }
        return lines;
    }

    private static List<String> lines(Directory directory, String name) throws IOException {
        try (var file = directory.read(name)) {
            var text = new String(file.content(2 * MAX_BYTES), StandardCharsets.UTF_8);
            var lines = new ArrayList<>(List.of(text.split("\n", -1)));
            if (lines.getLast().isEmpty()) {
                lines.removeLast(); // the text after the last line feed
            }
            return lines;
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Whether the trail is whole. */
    public AuditVerdict verify() throws IOException {
        var verdict = verdict();
        for (int i = 1; i < LOOKS && !(verdict instanceof AuditVerdict.Whole); i++) {
            verdict = verdict(); // a file may have been rotated between two reads
        }
        return verdict;
    }

    /** The head is read first: lines appended meanwhile come after it. */
    private AuditVerdict verdict() throws IOException {
        var head = head();
        return AuditVerdict.of(lines(), head);
    }
}
