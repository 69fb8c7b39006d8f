package io.portero.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.policy.Addresses;
import io.portero.policy.Reference.UrlList;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The thread that fetches lists. */
class ListFollowerTest {
    private static final UrlList DROP = new UrlList("https://lists.example/drop.txt");

    private final UrlLists lists = UrlLists.load(ListStore.NONE, Clock.systemUTC(), RandomGenerator.getDefault());
    private final AtomicBoolean up = new AtomicBoolean(true);
    private final AtomicInteger asked = new AtomicInteger();
    private final Semaphore told = new Semaphore(0);
    private volatile Fetcher fetcher =
            (list, known) -> new Fetched.Content(Addresses.of("192.0.2.1"), 10, Validators.NONE);
    private final ListFollower follower = new ListFollower(
            lists,
            (Fetcher) (list, known) -> {
                asked.incrementAndGet();
                return fetcher.fetch(list, known);
            },
            () -> {
                asked.addAndGet(0);
                return up.get();
            });

    @AfterEach
    void stop() {
        follower.close();
    }

    private void follow(int count) {
        Map<UrlList, SortedSet<String>> wanted = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            wanted.put(new UrlList("https://lists.example/" + i), new TreeSet<>());
        }
        lists.follow(wanted, Duration.ofDays(1));
    }

    @Test
    void fetchesTheWantedListsAndReportsThem() throws InterruptedException {
        follower.start(told::release);
        assertThat(asked).hasValue(0);
        follow(1);
        told.acquire();
        assertThat(lists.offers()).hasSize(1);
    }

    @Test
    void fetchesListsWantedBeforeItsStartAndAfterAnIdleTime() throws InterruptedException {
        follow(1);
        follower.start(told::release);
        told.acquire();
        follow(0);
        follow(2);
        told.acquire(1);
        await().until(() -> lists.offers().size() == 2);
    }

    @Test
    void waitsForTheNetworkWithoutCountingFailures() throws InterruptedException {
        up.set(false);
        follow(1);
        follower.start(told::release);
        await().pollDelay(Duration.ofMillis(300)).until(() -> true);
        assertThat(asked).hasValue(0);
        assertThat(lists.states().getFirst().failures()).isZero();
        up.set(true);
        told.acquire();
        assertThat(asked).hasValue(1);
    }

    @Test
    void fetchesAtMostTwoAtOnceAndSurvivesABug() {
        var together = new AtomicInteger();
        var most = new AtomicInteger();
        fetcher = (list, known) -> {
            most.accumulateAndGet(together.incrementAndGet(), Math::max);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            together.decrementAndGet();
            throw new IllegalStateException("a bug");
        };
        follow(8);
        follower.start(told::release);
        await().until(() -> lists.states().stream().allMatch(s -> s.failures() == 1));
        assertThat(most.get()).isBetween(1, 2);
        assertThat(lists.states().getFirst().error())
                .hasValueSatisfying(e -> assertThat(e).contains("a bug"));
    }
}
