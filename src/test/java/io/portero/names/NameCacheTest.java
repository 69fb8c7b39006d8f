package io.portero.names;

import static io.portero.names.Answers.failed;
import static io.portero.names.Answers.good;
import static io.portero.names.Answers.half;
import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.Addresses;
import io.portero.policy.Family;
import io.portero.policy.Reference.HostName;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NameCacheTest {
    private static final HostName CARRIER = HostName.of("sip.carrier.example");
    private static final HostName OTHER = HostName.of("other.example");
    private static final SortedSet<String> ITSP = new TreeSet<>(Set.of("itsp"));
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final TickingClock clock = new TickingClock();
    private final InMemory store = new InMemory();
    private NameCache cache;

    private static final class InMemory implements NameStore {
        private String content;

        @Override
        public Optional<String> read() {
            return Optional.ofNullable(content);
        }

        @Override
        public void write(String text) {
            content = text;
        }
    }

    @BeforeEach
    void start() {
        cache = NameCache.load(store, clock);
        cache.follow(Map.of(CARRIER, ITSP), Duration.ofHours(24));
    }

    private String addresses() {
        return String.valueOf(cache.addresses().get(CARRIER));
    }

    private NameState state() {
        return cache.state(CARRIER).orElseThrow();
    }

    /** The time until the name is resolved again. */
    private Duration pause() {
        cache.takeDue();
        var waited = Duration.ZERO;
        while (cache.takeDue().isEmpty()) {
            clock.tick(Duration.ofSeconds(1));
            waited = waited.plusSeconds(1);
        }
        return waited;
    }

    @Test
    void resolvesANewNameAtOnceAndOnlyOnce() {
        assertThat(cache.takeDue()).containsExactly(CARRIER);
        assertThat(cache.takeDue()).isEmpty();
        assertThat(cache.awaits(Set.of(CARRIER))).isTrue();
        assertThat(cache.learn(CARRIER, failed())).isTrue();
        assertThat(cache.awaits(Set.of(CARRIER))).isFalse();
    }

    @Test
    void followsTheTtlBetweenHalfAMinuteAndFive() {
        cache.learn(CARRIER, good(Duration.ofSeconds(90), "203.0.113.7"));
        assertThat(pause()).isEqualTo(Duration.ofSeconds(90));
        cache.learn(CARRIER, good(Duration.ZERO, "203.0.113.7"));
        assertThat(pause()).isEqualTo(Duration.ofSeconds(30));
        cache.learn(CARRIER, good(Duration.ofDays(2), "203.0.113.7"));
        assertThat(pause()).isEqualTo(Duration.ofMinutes(5));
    }

    @Test
    void retriesSoonAfterAFailureAndThenLessOften() {
        cache.learn(CARRIER, failed());
        assertThat(pause()).isEqualTo(Duration.ofSeconds(2));
        for (int i = 0; i < 10; i++) {
            cache.learn(CARRIER, failed());
        }
        assertThat(pause()).isEqualTo(Duration.ofSeconds(30));
        assertThat(state().failures()).isEqualTo(11);
    }

    @Test
    void reportsChanges() {
        assertThat(cache.learn(CARRIER, good(MINUTE, "203.0.113.7", "2001:db8::7")))
                .isTrue();
        cache.takeNews();
        assertThat(cache.learn(CARRIER, good(MINUTE, "2001:db8::7", "203.0.113.7")))
                .isFalse();
        assertThat(cache.learn(CARRIER, good(MINUTE, "203.0.113.8", "2001:db8::7")))
                .isTrue();
        assertThat(cache.takeNews())
                .containsExactly(
                        new NameNews.Changed(CARRIER, ITSP, Addresses.of("203.0.113.8"), Addresses.of("203.0.113.7")));
        assertThat(cache.takeNews()).isEmpty();
    }

    @Test
    void keepsTheLastGoodAnswerAfterAFailureOrAnEmptyAnswer() {
        cache.learn(CARRIER, good(MINUTE, "203.0.113.7"));
        cache.takeNews();
        cache.learn(CARRIER, failed());
        assertThat(cache.takeNews()).singleElement().isInstanceOf(NameNews.Failing.class);
        clock.tick(Duration.ofHours(25));
        assertThat(cache.learn(CARRIER, good(MINUTE))).isTrue();
        assertThat(cache.takeNews()).singleElement().isInstanceOf(NameNews.Stale.class);
        assertThat(cache.learn(CARRIER, failed())).isFalse();
        assertThat(addresses()).isEqualTo("203.0.113.7");
        assertThat(state().stale()).isTrue();
        assertThat(state().age()).contains(Duration.ofHours(25));
        assertThat(state().error()).contains("10.0.0.53 does not answer");
        cache.learn(CARRIER, good(MINUTE, "203.0.113.7"));
        assertThat(cache.takeNews()).containsExactly(new NameNews.Recovered(CARRIER));
        assertThat(state().stale()).isFalse();
    }

    @Test
    void keepsTheFamilyThatFailsAndFollowsTheOther() {
        cache.learn(CARRIER, good(MINUTE, "203.0.113.7", "2001:db8::7"));
        cache.learn(CARRIER, half(Family.V6, "203.0.113.8"));
        assertThat(addresses()).isEqualTo("203.0.113.8, 2001:db8::7");
        assertThat(state().error()).isPresent();
        cache.learn(CARRIER, good(MINUTE, "203.0.113.8"));
        assertThat(addresses()).isEqualTo("203.0.113.8");
    }

    @Test
    void aFailureOfAFamilyWithoutAddressesIsNotReported() {
        cache.learn(CARRIER, half(Family.V6, "203.0.113.8"));
        assertThat(state().error()).isEmpty();
        assertThat(state().failures()).isZero();
    }

    @Test
    void ignoresAddressesThatNoHostCanHave() {
        cache.learn(CARRIER, good(MINUTE, "203.0.113.7"));
        cache.takeNews();
        cache.learn(
                CARRIER,
                good(
                        MINUTE,
                        "203.0.113.7",
                        "0.0.0.0",
                        "127.0.0.1",
                        "224.0.0.1",
                        "255.255.255.255",
                        "::",
                        "::1",
                        "ff02::1"));
        assertThat(addresses()).isEqualTo("203.0.113.7");
        assertThat(cache.takeNews()).singleElement().isInstanceOf(NameNews.Ignored.class);
        cache.learn(CARRIER, good(MINUTE, "0.0.0.0"));
        assertThat(addresses()).isEqualTo("203.0.113.7");
        assertThat(state().error().orElseThrow()).contains("only the address 0.0.0.0, which no host can have");
    }

    @Test
    void survivesARestart() {
        cache.learn(CARRIER, failed());
        cache.learn(CARRIER, good(MINUTE, "203.0.113.7", "203.0.113.8", "2001:db8::7"));
        clock.tick(Duration.ofHours(1));
        cache = NameCache.load(store, clock);
        assertThat(addresses()).isEqualTo("203.0.113.7-203.0.113.8, 2001:db8::7");
        cache.follow(Map.of(CARRIER, ITSP), Duration.ofHours(24));
        assertThat(cache.awaits(Set.of(CARRIER))).isFalse();
        assertThat(cache.takeDue()).containsExactly(CARRIER);
        assertThat(state().age()).contains(Duration.ofHours(1));
        assertThat(state().failures()).isEqualTo(1);
    }

    @Test
    void startsEmptyWithACorruptStore() {
        for (var text : new String[] {
            "{ \"x", "[]", "{ \"a.example\": 3 }", "{ \"a.example\": { \"addresses\": [\"127.0.0.1\", 7] } }"
        }) {
            store.write(text);
            assertThat(NameCache.load(store, clock).addresses()).isEmpty();
        }
    }

    @Test
    void forgetsNamesThatThePolicyNoLongerUses() {
        cache.learn(CARRIER, good(MINUTE, "203.0.113.7"));
        cache.follow(Map.of(OTHER, ITSP), Duration.ofHours(24));
        assertThat(cache.addresses()).isEmpty();
        assertThat(cache.learn(CARRIER, good(MINUTE, "203.0.113.7"))).isFalse();
        assertThat(cache.takeDue()).containsExactly(OTHER);
    }

    @Test
    void resolvesAtOnceWhenTheClockWasSetBack() {
        cache.learn(CARRIER, good(MINUTE, "203.0.113.7"));
        clock.tick(Duration.ofDays(-30));
        assertThat(cache.takeDue()).containsExactly(CARRIER);
    }

    private void answer(Duration later, String... addresses) {
        clock.tick(later);
        cache.learn(CARRIER, good(MINUTE, addresses));
    }

    /** An address that leaves has left: only its return shows that the answers rotate. */
    @Test
    void keepsTheAddressesOfANameWhoseAnswersRotate() {
        answer(MINUTE, "203.0.113.1", "203.0.113.2");
        answer(MINUTE, "203.0.113.2", "203.0.113.3");
        assertThat(addresses()).isEqualTo("203.0.113.2/31");
        cache.takeNews();
        answer(MINUTE, "203.0.113.1", "203.0.113.4");
        assertThat(addresses()).isEqualTo("203.0.113.1-203.0.113.4");
        assertThat(cache.takeNews())
                .contains(new NameNews.Rotates(CARRIER, cache.addresses().get(CARRIER)));
        for (int i = 0; i < 30; i++) {
            answer(MINUTE, "203.0.113." + (1 + i % 4));
            assertThat(addresses()).isEqualTo("203.0.113.1-203.0.113.4");
        }
        assertThat(cache.takeNews()).as("nothing has changed").isEmpty();
    }

    private void rotate() {
        answer(MINUTE, "203.0.113.1");
        answer(MINUTE, "203.0.113.2");
        answer(MINUTE, "203.0.113.1");
        assertThat(addresses()).isEqualTo("203.0.113.1-203.0.113.2");
    }

    @Test
    void anAddressOfARotatingNameLeavesAfterAnHour() {
        rotate();
        for (int i = 0; i < 60; i++) {
            answer(MINUTE, "203.0.113.1");
        }
        assertThat(addresses()).isEqualTo("203.0.113.1-203.0.113.2");
        answer(MINUTE, "203.0.113.1");
        answer(MINUTE, "203.0.113.1");
        assertThat(addresses()).isEqualTo("203.0.113.1");
    }

    @Test
    void aNameThatHasStoppedRotatingIsLikeAnyOtherAfterADay() {
        rotate();
        for (int i = 0; i < 24 * 12 + 2; i++) {
            answer(Duration.ofMinutes(5), "203.0.113.1");
        }
        answer(MINUTE, "203.0.113.9");
        assertThat(addresses()).isEqualTo("203.0.113.9");
    }

    @Test
    void nothingLeavesWhileNobodyAnswers() {
        rotate();
        cache.learn(CARRIER, failed());
        answer(Duration.ofHours(9), "203.0.113.1");
        assertThat(addresses()).isEqualTo("203.0.113.1-203.0.113.2");
    }

    @Test
    void aClockThatIsSetBackMakesNothingLeave() {
        rotate();
        answer(Duration.ofDays(-400), "203.0.113.2");
        answer(MINUTE, "203.0.113.2");
        assertThat(addresses()).isEqualTo("203.0.113.1-203.0.113.2");
    }

    @Test
    void aRestartDoesNotForgetThatANameRotates() {
        rotate();
        cache = NameCache.load(store, clock);
        cache.follow(Map.of(CARRIER, ITSP), Duration.ofHours(24));
        answer(MINUTE, "203.0.113.2");
        assertThat(addresses()).isEqualTo("203.0.113.1-203.0.113.2");
    }
}
