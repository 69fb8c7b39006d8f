package io.portero.fleet;

import io.portero.fleet.Transport.Slot;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/** A store in memory that checks the expected revision of each write, and loses answers if a test asks for it. */
public final class FakeStore implements OperatorStore {
    private final Map<String, List<Entry>> values = new HashMap<>();
    private final Map<String, byte[]> objects = new HashMap<>();
    public final Map<String, Report> reports = new HashMap<>();
    private final Map<String, Instant> since = new HashMap<>();
    /** The time of the next object. */
    public Instant now = Instant.parse("2026-11-01T00:00:00Z");

    private long revision;
    /** The number of writes of a roll that succeed but whose answer is lost. */
    int answersToLose;
    /** The number of reads that come from a node without the last write of the key. */
    int staleReads;

    private long write(String key, byte[] value, long expected) throws Conflict {
        if (entry(key).map(Entry::revision).orElse(0L) != expected) {
            throw new Conflict();
        }
        values.computeIfAbsent(key, k -> new ArrayList<>()).addFirst(new Entry(value, ++revision));
        return revision;
    }

    private Optional<Entry> entry(String key) {
        return values.getOrDefault(key, List.of()).stream().findFirst();
    }

    @Override
    public SortedSet<String> roles() {
        var roles = new TreeSet<String>();
        values.keySet().stream()
                .filter(k -> k.startsWith(Slot.BUNDLE + " "))
                .forEach(k -> roles.add(k.substring(k.indexOf(' ') + 1)));
        return roles;
    }

    @Override
    public Optional<Entry> get(Slot slot, String role) {
        var written = values.getOrDefault(slot + " " + role, List.of());
        if (staleReads > 0 && !written.isEmpty()) {
            staleReads--;
            return written.stream().skip(1).findFirst();
        }
        return written.stream().findFirst();
    }

    @Override
    public void put(Slot slot, String role, byte[] value, long expected) throws Conflict {
        write(slot + " " + role, value, expected);
    }

    @Override
    public void delete(Slot slot, String role) {
        values.remove(slot + " " + role);
    }

    @Override
    public List<byte[]> history(String role) {
        return values.getOrDefault(Slot.BUNDLE + " " + role, List.of()).stream()
                .map(Entry::value)
                .toList();
    }

    @Override
    public boolean hasObject(String name) {
        return objects.containsKey(name);
    }

    @Override
    public void putObject(String name, byte[] content) {
        objects.put(name, Arrays.copyOf(content, content.length));
        since.put(name, now);
    }

    @Override
    public List<StoredObject> objects() {
        return objects.entrySet().stream()
                .map(o -> new StoredObject(o.getKey(), o.getValue().length, since.getOrDefault(o.getKey(), now)))
                .toList();
    }

    @Override
    public void deleteObject(String name) {
        objects.remove(name);
    }

    @Override
    public Optional<Entry> roll() {
        return entry("roll");
    }

    @Override
    public long putRoll(byte[] value, long expected) throws IOException, Conflict {
        long written = write("roll", value, expected);
        if (answersToLose > 0) {
            answersToLose--;
            throw new IOException("the node died");
        }
        return written;
    }

    @Override
    public Map<String, Report> reports() {
        return reports;
    }

    @Override
    public AutoCloseable follow(Consumer<Report> told) {
        List.copyOf(reports.values()).forEach(told);
        return () -> {};
    }

    @Override
    public void close() {}
}
