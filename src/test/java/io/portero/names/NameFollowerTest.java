package io.portero.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.policy.Reference.HostName;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NameFollowerTest {
    private final NameCache cache = NameCache.load(NameStore.NONE, Clock.systemUTC());
    private final CountDownLatch never = new CountDownLatch(1);

    private void follow(String... names) {
        var wanted = new HashMap<HostName, SortedSet<String>>();
        for (var name : names) {
            wanted.put(HostName.of(name), new TreeSet<>());
        }
        cache.follow(wanted, Duration.ofHours(1));
    }

    @Test
    void badNamesDoNotBlockOthers() {
        follow("silent.example", "bug.example", "good.example");
        var told = new AtomicInteger();
        Resolver resolver = name -> switch (name.name()) {
            case "silent.example" -> silence();
            case "bug.example" -> throw new IllegalStateException("a bug, as this test wants it");
            default -> Answers.good(Duration.ofMinutes(1), "203.0.113.7");
        };
        try (var follower = new NameFollower(cache, resolver)) {
            follower.start(told::incrementAndGet);
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(cache.addresses()).containsOnlyKeys(HostName.of("good.example")));
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(told).hasValue(2));
            follow("silent.example", "good.example", "later.example");
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(cache.addresses()).hasSize(2));
        }
    }

    @Test
    void resolvesManyNamesAtOnce() {
        var names = new String[30];
        for (int i = 0; i < names.length; i++) {
            names[i] = "n" + i + ".example";
        }
        follow(names);
        var together = new CountDownLatch(names.length);
        Resolver resolver = name -> {
            together.countDown();
            try {
                together.await();
            } catch (InterruptedException e) {
                return Answers.failed();
            }
            return Answers.good(Duration.ofMinutes(1), "203.0.113.7");
        };
        try (var follower = new NameFollower(cache, resolver)) {
            follower.start(() -> {});
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(cache.addresses()).hasSize(names.length));
        }
    }

    private Answer silence() {
        try {
            never.await();
        } catch (InterruptedException e) {
            // The follower was closed.
        }
        return Answers.failed();
    }
}
