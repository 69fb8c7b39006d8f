package io.portero.lists;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.UrlList;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Owns the members of the policy's lists on the web, as far as they were ever fetched.
 *
 * <p>The last accepted members stay in force until new ones are accepted, however old they are. A fetch only offers new
 * members; the loop accepts the offer or holds it back. A list that shrinks by more than half is not offered before an
 * operator accepts it. May be used by any thread; nothing here waits for a server.
 */
public final class UrlLists {
    private final ListStore store;
    private final Clock clock;
    private final FetchTimes times;
    private final SortedMap<UrlList, Entry> lists = new TreeMap<>();
    private final Map<UrlList, String> digests = new HashMap<>();
    private final Set<UrlList> fetching = new HashSet<>();
    private final List<ListNews> news = new ArrayList<>();
    private Map<UrlList, SortedSet<String>> places = Map.of();
    private Duration maxStale = Duration.ofDays(1);
    private Runnable wanted = () -> {};

    private UrlLists(ListStore store, Clock clock, RandomGenerator random) {
        this.store = store;
        this.clock = clock;
        this.times = new FetchTimes(clock, random);
    }

    /** Starts with the stored state. */
    public static UrlLists load(ListStore store, Clock clock, RandomGenerator random) {
        var lists = new UrlLists(store, clock, random);
        var now = clock.instant();
        store.read(ListsIndex.NAME)
                .map(index -> ListsIndex.read(index, store, now))
                .orElse(Map.of())
                .forEach((list, kept) -> {
                    // Members that are not on disk, because they were held back or lost, must be fetched again.
                    boolean whole = kept.digest().isPresent() && kept.held().isEmpty();
                    lists.lists.put(list, whole ? kept.entry() : kept.entry().dueAt(now));
                    kept.digest().ifPresent(d -> lists.digests.put(list, d));
                });
        return lists;
    }

    /** Replaces the lists that are followed. */
    public void follow(Map<UrlList, SortedSet<String>> named, Duration limit) {
        Runnable tell;
        synchronized (this) {
            places = Map.copyOf(named);
            maxStale = limit;
            forget();
            var now = clock.instant();
            named.keySet().forEach(list -> lists.computeIfAbsent(list, l -> Entry.unknown(now)));
            tell = named.isEmpty() ? () -> {} : wanted;
        }
        times.changed();
        tell.run();
    }

    private void forget() {
        var gone = new TreeSet<>(lists.keySet());
        gone.removeAll(places.keySet());
        gone.forEach(list -> {
            lists.remove(list);
            digests.remove(list);
            store.delete(ListsIndex.membersFile(list));
        });
        if (!gone.isEmpty()) {
            keepIndex();
        }
    }

    /** Makes all lists due now, because an operator asked for it. */
    public void fetchNow() {
        synchronized (this) {
            var now = clock.instant();
            lists.replaceAll((list, entry) -> entry.dueAt(now));
        }
        times.changed();
    }

    /** Called whenever there are lists to follow. */
    void whenWanted(Runnable action) {
        synchronized (this) {
            wanted = action;
        }
        if (anyWanted()) {
            action.run();
        }
    }

    synchronized boolean anyWanted() {
        return !places.isEmpty();
    }

    /** The accepted members of each list; unknown lists are left out. */
    public synchronized Map<UrlList, AddressSet> addresses() {
        var known = new HashMap<UrlList, AddressSet>();
        lists.forEach((list, entry) -> entry.members().ifPresent(m -> known.put(list, m)));
        return known;
    }

    /** The offers that were neither accepted nor held back yet. */
    public synchronized SortedMap<UrlList, AddressSet> offers() {
        var offers = new TreeMap<UrlList, AddressSet>();
        lists.forEach((list, entry) -> entry.offer().ifPresent(m -> offers.put(list, m)));
        return offers;
    }

    /** Whether the first fetch of one of these lists has not ended yet. */
    public synchronized boolean awaits(Collection<UrlList> named) {
        return named.stream()
                .map(lists::get)
                .anyMatch(e -> e == null || !e.asked() && e.members().isEmpty());
    }

    /** Accepts an offer, unless a newer one has replaced it. */
    public void take(UrlList list, AddressSet offered) {
        synchronized (this) {
            var before = lists.get(list);
            if (before == null || !before.offer().filter(offered::equals).isPresent()) {
                return;
            }
            lists.put(list, before.taken());
            if (!before.members().filter(offered::equals).isPresent()) {
                var text = ListsIndex.text(offered);
                digests.put(list, ListsIndex.digest(text));
                store.write(ListsIndex.membersFile(list), text);
                news.add(Comparison.changed(
                        list, placesOf(list), before.members().orElse(AddressSet.EMPTY), offered));
            }
            keepIndex();
        }
    }

    /** Holds an offer back; the next fetch offers it again. */
    public synchronized void holdBack(UrlList list, AddressSet offered, String why) {
        var before = lists.get(list);
        if (before != null && before.offer().filter(offered::equals).isPresent()) {
            lists.put(list, before.next(before.next().map(n -> n.held(why, true))));
            news.add(new ListNews.HeldBack(list, why, before.entries()));
            keepIndex();
        }
    }

    /**
     * Offers again what was held back, for the lists with this name: as shown, as written in the policy, or by group.
     */
    public synchronized List<UrlList> accept(String name) {
        var accepted = lists.entrySet().stream()
                .filter(e -> e.getValue().next().flatMap(Entry.Next::heldFor).isPresent())
                .map(Map.Entry::getKey)
                .filter(list -> isCalled(list, name))
                .toList();
        accepted.forEach(list ->
                lists.computeIfPresent(list, (l, e) -> e.next(e.next().map(Entry.Next::offered))));
        return accepted;
    }

    private boolean isCalled(UrlList list, String name) {
        return name.equals(list.toString())
                || name.equals(list.written())
                || name.equals(list.address())
                || placesOf(list).contains(name);
    }

    /** The lists to fetch now, with their validators; a list is not returned again before its fetch has ended. */
    synchronized Map<UrlList, Validators> takeDue() {
        var now = clock.instant();
        var due = new TreeMap<UrlList, Validators>();
        lists.forEach((list, entry) -> {
            if (isWaiting(list) && entry.isDue(now)) {
                due.put(list, entry.newest());
            }
        });
        fetching.addAll(due.keySet());
        return due;
    }

    private boolean isWaiting(UrlList list) {
        return places.containsKey(list) && !fetching.contains(list);
    }

    /** Waits until a list is due, until the times change, or until a limit. */
    void awaitDue(Duration longest) throws InterruptedException {
        times.awaitFirst(waiting(), longest);
    }

    private synchronized List<Instant> waiting() {
        return lists.entrySet().stream()
                .filter(e -> isWaiting(e.getKey()))
                .map(e -> e.getValue().due())
                .toList();
    }

    /** Stores the result of a fetch; returns true if there is news for the loop. */
    boolean learn(UrlList list, Fetched fetched) {
        boolean told;
        synchronized (this) {
            fetching.remove(list);
            var before = lists.get(list);
            if (before == null) {
                return false; // the list is not followed any more
            }
            var now = clock.instant();
            var after = settled(before.after(list, fetched, now, times.pause()));
            var stale = after.isStale(now, maxStale);
            lists.put(list, after.toldStale(stale));
            int known = news.size();
            news.addAll(Comparison.of(list, before, after, stale, now));
            told = news.size() > known || !before.asked() || after.offer().isPresent();
            keepIndex();
        }
        times.changed();
        return told;
    }

    /** Members equal to the accepted ones need no decision. */
    private static Entry settled(Entry entry) {
        return entry.offer().isPresent() && entry.offer().equals(entry.members()) ? entry.taken() : entry;
    }

    private void keepIndex() {
        store.write(ListsIndex.NAME, ListsIndex.text(lists, digests));
    }

    private SortedSet<String> placesOf(UrlList list) {
        return places.getOrDefault(list, new TreeSet<>());
    }

    /** The news since the last call. */
    public synchronized List<ListNews> takeNews() {
        var taken = List.copyOf(news);
        news.clear();
        return taken;
    }

    public synchronized List<ListState> states() {
        var now = clock.instant();
        return lists.entrySet().stream()
                .filter(e -> places.containsKey(e.getKey()))
                .map(e -> state(e.getKey(), e.getValue(), now))
                .toList();
    }

    public synchronized Optional<ListState> state(UrlList list) {
        return Optional.ofNullable(lists.get(list)).map(e -> state(list, e, clock.instant()));
    }

    private ListState state(UrlList list, Entry entry, Instant now) {
        return entry.state(list, placesOf(list), entry.held(), now, maxStale);
    }
}
