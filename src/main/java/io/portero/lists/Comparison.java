package io.portero.lists;

import io.portero.policy.AddressSet;
import io.portero.policy.Reference.UrlList;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;

/** Finds the news about a list, each reported once: it is held back, fails, answers again, is stale, or has changed. */
final class Comparison {
    private Comparison() {}

    /** @param stale whether it is too old now */
    static List<ListNews> of(UrlList list, Entry before, Entry after, boolean stale, Instant now) {
        var news = new ArrayList<ListNews>();
        var held = after.next().flatMap(Entry.Next::heldFor);
        if (held.isPresent() && !before.next().flatMap(Entry.Next::heldFor).equals(held)) {
            news.add(new ListNews.HeldBack(list, held.get(), after.entries()));
        }
        if (after.error().isPresent() && before.failed() == 0) {
            news.add(new ListNews.Failing(
                    list, after.error().get(), after.members().isPresent(), after.entries()));
        }
        if (after.error().isEmpty() && before.error().isPresent()) {
            news.add(new ListNews.Recovered(list));
        }
        if (stale && !before.toldStale()) {
            news.add(new ListNews.Stale(list, Duration.between(after.answered().orElse(now), now), after.entries()));
        }
        return news;
    }

    static ListNews changed(UrlList list, SortedSet<String> places, AddressSet before, AddressSet after) {
        return new ListNews.Changed(
                list,
                places,
                after.rangeCount(),
                after.minus(before).rangeCount(),
                before.minus(after).rangeCount());
    }
}
