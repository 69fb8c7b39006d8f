package io.portero.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.control.Request.Answer;
import io.portero.lists.ListStore;
import io.portero.lists.Offers;
import io.portero.lists.UrlLists;
import io.portero.policy.Reference.UrlList;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The results of {@code portero lists --accept}. */
class ListDeskTest {
    private static final UrlList DROP = new UrlList("https://lists.example/drop.txt");

    private final UrlLists lists = UrlLists.load(ListStore.NONE, Clock.systemUTC(), new SplittableRandom(1));

    @BeforeEach
    void heldBack() {
        lists.follow(new TreeMap<>(Map.of(DROP, new TreeSet<>(Set.of("blocklist")))), Duration.ofDays(1));
        Offers.fetched(lists, DROP, "192.0.2.1", "192.0.2.3", "192.0.2.5");
        lists.offers().forEach(lists::take);
        Offers.fetched(lists, DROP, "192.0.2.1");
    }

    private Answer accept(String name, Runnable loop) throws InterruptedException {
        return new ListDesk(lists, loop).answer(new Request(ListDesk.ACCEPT, Map.of(ListDesk.NAME, name)));
    }

    @Test
    void saysHowManyEntriesTheListHasNow() throws InterruptedException {
        assertThat(accept("blocklist", () -> lists.offers().forEach(lists::take)))
                .isEqualTo(new Answer(true, "accepted: lists.example/drop.txt has 1 entry from now on"));
    }

    @Test
    void saysThatTheGuardStillHoldsItBack() throws InterruptedException {
        assertThat(accept(
                        DROP.written(),
                        () -> lists.offers().forEach((l, m) -> lists.holdBack(l, m, "it would cut you off"))))
                .isEqualTo(new Answer(false, "lists.example/drop.txt stays held back: it would cut you off"));
    }

    @Test
    void refusesNamesOfOtherLists() throws InterruptedException {
        for (var name : new String[] {"", "drop.txt", "*", "other"}) {
            assertThat(accept(name, () -> {}).done()).as(name).isFalse();
        }
    }
}
