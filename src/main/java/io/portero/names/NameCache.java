package io.portero.names;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.HostName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Owns the resolved addresses of the policy's names.
 *
 * <p>The last good answer stays valid until the next one, however old it is: a DNS failure must not shut out the
 * carrier. May be used by any thread; nothing here waits for an answer.
 */
public final class NameCache {
    private static final Duration WRITTEN_EVERY = Duration.ofMinutes(5);

    private final NameStore store;
    private final Clock clock;
    private final Semaphore woken = new Semaphore(0);
    private final SortedMap<HostName, Known> names = new TreeMap<>();
    private final List<NameNews> news = new ArrayList<>();
    private Map<HostName, SortedSet<String>> places = Map.of();
    private Duration maxStale = Duration.ofDays(1);
    private Instant written = Instant.EPOCH;

    private NameCache(NameStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Starts with the stored answers. */
    public static NameCache load(NameStore store, Clock clock) {
        var cache = new NameCache(store, clock);
        store.read().ifPresent(text -> cache.names.putAll(NamesJson.read(text, clock.instant())));
        return cache;
    }

    /** Replaces the names that are followed. */
    public synchronized void follow(Map<HostName, SortedSet<String>> wanted, Duration limit) {
        places = Map.copyOf(wanted);
        maxStale = limit;
        names.keySet().retainAll(wanted.keySet());
        var now = clock.instant();
        wanted.keySet().forEach(name -> names.computeIfAbsent(name, n -> Known.unknown(now)));
        woken.release();
    }

    /** The addresses of each name; unresolved names are left out. */
    public synchronized Map<HostName, AddressSet> addresses() {
        var known = new HashMap<HostName, AddressSet>();
        names.forEach((name, state) -> {
            if (!state.addresses().isEmpty()) {
                known.put(name, state.addresses());
            }
        });
        return known;
    }

    /** Whether the first query for one of these names has not ended yet. */
    public synchronized boolean awaits(Collection<HostName> wanted) {
        return wanted.stream()
                .map(names::get)
                .anyMatch(n -> n == null || !n.asked() && n.addresses().isEmpty());
    }

    /** The names to resolve now; a name is not returned again before its query has ended. */
    public synchronized List<HostName> takeDue() {
        var now = clock.instant();
        var due = new ArrayList<HostName>();
        names.replaceAll((name, state) -> {
            if (!places.containsKey(name) || !state.isDue(now)) {
                return state;
            }
            due.add(name);
            return state.asking(now);
        });
        return due;
    }

    /** Waits until a name is due, until the times change, or until a limit. */
    void awaitDue(Duration longest) throws InterruptedException {
        woken.tryAcquire(pause(longest).toMillis() + 1, TimeUnit.MILLISECONDS);
        woken.drainPermits();
    }

    private synchronized Duration pause(Duration longest) {
        var now = clock.instant();
        return names.entrySet().stream()
                .filter(e -> places.containsKey(e.getKey()))
                .map(e -> Duration.between(now, e.getValue().due()))
                .min(Duration::compareTo)
                .filter(d -> d.compareTo(longest) < 0)
                .orElse(longest);
    }

    /** Stores an answer; returns true if there is news. */
    public boolean learn(HostName name, Answer answer) {
        boolean told;
        boolean worthKeeping;
        synchronized (this) {
            var before = names.get(name);
            if (before == null) {
                return false; // the name is no longer followed
            }
            var now = clock.instant();
            var after = before.after(answer, now);
            var stale = after.isStale(now, maxStale);
            names.put(name, after.toldStale(stale));
            int known = news.size();
            compare(name, before, after, stale, now);
            told = news.size() > known || !before.asked();
            worthKeeping = !before.addresses().equals(after.addresses())
                    || Duration.between(written, now).abs().compareTo(WRITTEN_EVERY) >= 0;
            written = worthKeeping ? now : written;
        }
        woken.release();
        if (worthKeeping) {
            keep();
        }
        return told;
    }

    /** Only the thread that brought the answer waits for the disk. */
    private void keep() {
        synchronized (store) {
            String text;
            synchronized (this) {
                text = NamesJson.text(names);
            }
            store.write(text);
        }
    }

    private void compare(HostName name, Known before, Known after, boolean stale, Instant now) {
        if (!before.addresses().equals(after.addresses())) {
            news.add(new NameNews.Changed(
                    name,
                    placesOf(name),
                    after.addresses().minus(before.addresses()),
                    before.addresses().minus(after.addresses())));
        }
        if (!after.ignored().isEmpty() && !after.ignored().equals(before.ignored())) {
            news.add(new NameNews.Ignored(name, after.ignored()));
        }
        if (after.error().isPresent() && before.error().isEmpty()) {
            news.add(new NameNews.Failing(name, after.error().get(), after.addresses()));
        }
        if (after.error().isEmpty() && before.error().isPresent()) {
            news.add(new NameNews.Recovered(name));
        }
        if (after.rotation().rotates() && !before.rotation().rotates()) {
            news.add(new NameNews.Rotates(name, after.addresses()));
        }
        if (stale && !before.toldStale()) {
            var age = Duration.between(after.answered().orElse(now), now);
            news.add(new NameNews.Stale(name, age, after.addresses()));
        }
    }

    private SortedSet<String> placesOf(HostName name) {
        return places.getOrDefault(name, new TreeSet<>());
    }

    /** The news since the last call. */
    public synchronized List<NameNews> takeNews() {
        var taken = List.copyOf(news);
        news.clear();
        return taken;
    }

    public synchronized List<NameState> states() {
        var now = clock.instant();
        return names.entrySet().stream()
                .filter(e -> places.containsKey(e.getKey()))
                .map(e -> state(e.getKey(), e.getValue(), now))
                .toList();
    }

    public synchronized Optional<NameState> state(HostName name) {
        return Optional.ofNullable(names.get(name)).map(n -> state(name, n, clock.instant()));
    }

    private NameState state(HostName name, Known n, Instant now) {
        return new NameState(
                name,
                placesOf(name),
                n.addresses(),
                n.answered(),
                n.answered().map(at -> Duration.between(at, now)),
                n.failures(),
                n.error(),
                n.isStale(now, maxStale));
    }
}
