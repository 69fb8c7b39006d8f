package io.portero.lists;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.UrlList;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.random.RandomGenerator;

/** Reads the lists as the agent last stored them, for commands, which fetch nothing. */
public final class ListsOnDisk {
    private ListsOnDisk() {}

    /** The members that were in force at the last write. */
    public static Map<UrlList, AddressSet> addresses(ListStore store) {
        return UrlLists.load(store, Clock.systemUTC(), RandomGenerator.getDefault())
                .addresses();
    }

    /** The state of these lists at the last write. */
    public static List<ListState> states(ListStore store, Map<UrlList, SortedSet<String>> named, Clock clock) {
        var now = clock.instant();
        var index = store.read(ListsIndex.NAME)
                .map(i -> ListsIndex.read(i, store, now))
                .orElse(Map.of());
        var states = new ArrayList<ListState>();
        named.forEach((list, at) -> {
            var kept = Optional.ofNullable(index.get(list));
            var entry = kept.map(ListsIndex.Kept::entry).orElseGet(() -> Entry.unknown(now));
            states.add(entry.state(list, at, kept.flatMap(ListsIndex.Kept::held), now, Duration.ofDays(1)));
        });
        return states;
    }
}
