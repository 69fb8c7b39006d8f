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

/** The lists as the agent last wrote them down, for commands, which fetch nothing. */
public final class ListsOnDisk {
    private ListsOnDisk() {}

    /** What was in force when it was last written down. */
    public static Map<UrlList, AddressSet> addresses(ListStore store) {
        return UrlLists.load(store, Clock.systemUTC(), RandomGenerator.getDefault())
                .addresses();
    }

    /** How things stood with these lists when that was last written down. */
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
