package io.portero.lists;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.names.TickingClock;
import io.portero.policy.AddressSet;
import io.portero.policy.Addresses;
import io.portero.policy.Reference.UrlList;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The stored state of lists on the web, and its changes. */
class UrlListsTest {
    private static final UrlList DROP = new UrlList("https://lists.example/drop.txt");
    private static final UrlList OTHER = new UrlList("https://lists.example/other.txt");
    private static final Validators FIRST = new Validators(Optional.of("\"1\""), Optional.empty());
    private static final Validators SECOND = new Validators(Optional.of("\"2\""), Optional.empty());

    private final TickingClock clock = new TickingClock();
    private final Map<String, String> disk = new HashMap<>();
    private final ListStore store = new ListStore() {
        @Override
        public Optional<String> read(String name) {
            return Optional.ofNullable(disk.get(name));
        }

        @Override
        public void write(String name, String content) {
            disk.put(name, content);
        }

        @Override
        public void delete(String name) {
            disk.remove(name);
        }
    };
    private UrlLists lists;

    @BeforeEach
    void start() {
        lists = load();
        follow(DROP);
    }

    private UrlLists load() {
        return UrlLists.load(store, clock, (RandomGenerator) () -> 0x8000_0000_0000_0000L);
    }

    private void follow(UrlList... named) {
        Map<UrlList, SortedSet<String>> wanted = new TreeMap<>();
        for (var list : named) {
            wanted.put(list, new TreeSet<>(java.util.List.of("blocklist")));
        }
        lists.follow(wanted, Duration.ofDays(1));
    }

    private static Fetched content(Validators validators, String... members) {
        return new Fetched.Content(Addresses.of(members), 100, validators);
    }

    private boolean learn(Fetched fetched) {
        lists.takeDue();
        return lists.learn(DROP, fetched);
    }

    private void takeAll() {
        lists.offers().forEach(lists::take);
    }

    private AddressSet held() {
        return lists.addresses().get(DROP);
    }

    private void learnAndTake(Validators validators, String... members) {
        learn(content(validators, members));
        takeAll();
        lists.takeNews();
    }

    @Test
    void offersFetchedListsAndKeepsAcceptedOnes() {
        assertThat(lists.awaits(java.util.List.of(DROP))).isTrue();
        assertThat(lists.takeDue()).containsExactly(Map.entry(DROP, Validators.NONE));
        assertThat(lists.takeDue()).isEmpty();
        assertThat(lists.learn(DROP, content(FIRST, "192.0.2.1"))).isTrue();
        assertThat(lists.awaits(java.util.List.of(DROP))).isFalse();
        assertThat(lists.addresses()).isEmpty();
        takeAll();
        assertThat(held()).isEqualTo(Addresses.of("192.0.2.1"));
        assertThat(lists.offers()).isEmpty();
        assertThat(lists.takeNews()).singleElement().isInstanceOfSatisfying(ListNews.Changed.class, c -> {
            assertThat(c.entries()).isEqualTo(1);
            assertThat(c.gained()).isEqualTo(1);
            assertThat(c.lost()).isZero();
        });
    }

    @Test
    void fetchesEachHourWithItsValidators() {
        learnAndTake(FIRST, "192.0.2.1");
        clock.tick(Duration.ofMinutes(59));
        assertThat(lists.takeDue()).isEmpty();
        clock.tick(Duration.ofMinutes(2));
        assertThat(lists.takeDue()).containsExactly(Map.entry(DROP, FIRST));
        assertThat(lists.learn(DROP, new Fetched.Unchanged())).isFalse();
        assertThat(lists.states().getFirst().age()).contains(Duration.ZERO);
    }

    @Test
    void fetchesAtOnceOnRequest() {
        learnAndTake(FIRST, "192.0.2.1");
        assertThat(lists.takeDue()).isEmpty();
        lists.fetchNow();
        assertThat(lists.takeDue()).containsExactly(Map.entry(DROP, FIRST));
    }

    @Test
    void hostsFetchAtDifferentTimes() {
        var dues = new TreeSet<Duration>();
        for (long seed = 1; seed <= 20; seed++) {
            lists = UrlLists.load(ListStore.NONE, clock, new java.util.Random(seed));
            follow(DROP);
            learn(content(FIRST, "192.0.2.1"));
            dues.add(Duration.between(clock.instant(), lists.states().getFirst().due()));
        }
        assertThat(dues).hasSizeGreaterThan(15).allMatch(d -> d.toMinutes() >= 54 && d.toMinutes() < 66);
    }

    @Test
    void theSameContentIsNotOfferedAgain() {
        learnAndTake(FIRST, "192.0.2.1");
        assertThat(learn(content(SECOND, "192.0.2.1"))).isFalse();
        clock.tick(Duration.ofHours(2));
        assertThat(lists.takeDue()).containsExactly(Map.entry(DROP, SECOND));
        assertThat(lists.takeNews()).isEmpty();
    }

    @Test
    void keepsTheLastGoodAnswerAtAnyAgeAndReportsThisOnce() {
        learnAndTake(FIRST, "192.0.2.1");
        assertThat(learn(Fetched.Failed.because("it fails"))).isTrue();
        assertThat(lists.takeNews()).containsExactly(new ListNews.Failing(DROP, "it fails", true, 1));
        assertThat(learn(Fetched.Failed.because("it fails"))).isFalse();
        clock.tick(Duration.ofHours(25));
        assertThat(learn(Fetched.Failed.because("it fails"))).isTrue();
        assertThat(lists.takeNews()).singleElement().isInstanceOf(ListNews.Stale.class);
        assertThat(held()).isEqualTo(Addresses.of("192.0.2.1"));
        assertThat(lists.states().getFirst().failures()).isEqualTo(3);
        learn(new Fetched.Unchanged());
        assertThat(lists.takeNews()).containsExactly(new ListNews.Recovered(DROP));
    }

    @Test
    void retriesSoonAfterAFailureThenLessOftenAndObeysTheServer() {
        Duration before = Duration.ZERO;
        for (int i = 0; i < 12; i++) {
            learn(Fetched.Failed.because("it fails"));
            var pause =
                    Duration.between(clock.instant(), lists.states().getFirst().due());
            assertThat(pause).isGreaterThanOrEqualTo(before).isLessThanOrEqualTo(Duration.ofMinutes(66));
            before = pause;
        }
        learn(new Fetched.Failed("busy", Optional.of(Duration.ofHours(5))));
        assertThat(lists.states().getFirst().due()).isEqualTo(clock.instant().plus(Duration.ofHours(5)));
    }

    @Test
    void holdsBackAListThatShrankByMoreThanHalfUntilItIsAccepted() {
        learnAndTake(FIRST, "192.0.2.1", "192.0.2.3", "192.0.2.5", "192.0.2.7");
        learn(content(SECOND, "192.0.2.1", "192.0.2.3"));
        takeAll();
        assertThat(held().rangeCount()).as("half is not more than half").isEqualTo(2);
        learnAndTake(FIRST, "192.0.2.1", "192.0.2.3", "192.0.2.5", "192.0.2.7");
        learn(content(SECOND, "192.0.2.9"));
        takeAll();
        assertThat(held().rangeCount()).isEqualTo(4);
        assertThat(lists.states().getFirst().held()).hasValueSatisfying(h -> {
            assertThat(h.entries()).isEqualTo(1);
            assertThat(h.why()).contains("from 4 entries to 1", "portero lists --accept lists.example");
        });
        assertThat(lists.takeNews()).singleElement().isInstanceOf(ListNews.HeldBack.class);
        clock.tick(Duration.ofHours(2));
        assertThat(lists.takeDue()).as("it is not sent again").containsExactly(Map.entry(DROP, SECOND));
        assertThat(lists.learn(DROP, new Fetched.Unchanged())).isFalse();
        assertThat(lists.accept("nobody")).isEmpty();
        assertThat(lists.accept("blocklist")).containsExactly(DROP);
        takeAll();
        assertThat(held()).isEqualTo(Addresses.of("192.0.2.9"));
        assertThat(lists.states().getFirst().held()).isEmpty();
    }

    @Test
    void aListThatGrowsAgainIsNoLongerHeldBack() {
        learnAndTake(FIRST, "192.0.2.1", "192.0.2.3", "192.0.2.5", "192.0.2.7");
        learn(content(SECOND));
        assertThat(lists.states().getFirst().held()).isPresent();
        learn(content(FIRST, "192.0.2.1", "192.0.2.3", "192.0.2.5", "192.0.2.7"));
        assertThat(lists.states().getFirst().held()).isEmpty();
        assertThat(lists.offers()).isEmpty();
    }

    @Test
    void offersAListThatTheGuardHeldBackAgainWithEachAnswer() {
        learnAndTake(FIRST, "192.0.2.1");
        learn(content(SECOND, "192.0.2.2"));
        lists.holdBack(DROP, Addresses.of("192.0.2.2"), "it would cut you off");
        assertThat(lists.offers()).isEmpty();
        assertThat(held()).isEqualTo(Addresses.of("192.0.2.1"));
        assertThat(learn(new Fetched.Unchanged())).isTrue();
        assertThat(lists.offers()).containsExactly(Map.entry(DROP, Addresses.of("192.0.2.2")));
    }

    @Test
    void survivesARestartWithoutFetchingAgain() {
        learnAndTake(FIRST, "192.0.2.1", "2001:db8::/32");
        lists = load();
        assertThat(held()).isEqualTo(Addresses.of("192.0.2.1", "2001:db8::/32"));
        follow(DROP);
        assertThat(lists.awaits(java.util.List.of(DROP))).isFalse();
        assertThat(lists.takeDue()).isEmpty();
        clock.tick(Duration.ofHours(2));
        assertThat(lists.takeDue()).containsExactly(Map.entry(DROP, FIRST));
    }

    @Test
    void aStoredListThatDiffersFromTheIndexIsUsedAndFetchedAgainAtOnce() {
        learnAndTake(FIRST, "192.0.2.1", "192.0.2.3");
        disk.replaceAll((name, text) -> name.endsWith(".list") ? "192.0.2.1\nrubbish\n" : text);
        lists = load();
        assertThat(held()).isEqualTo(Addresses.of("192.0.2.1"));
        follow(DROP);
        assertThat(lists.takeDue()).containsExactly(Map.entry(DROP, Validators.NONE));
    }

    @Test
    void startsEmptyWithCorruptFiles() {
        for (var nonsense : new String[] {"", "[", "[]", "7", "{\"https://lists.example/drop.txt\": 7}", "null"}) {
            disk.clear();
            disk.put("urls.json", nonsense);
            lists = load();
            follow(DROP);
            assertThat(lists.takeDue()).as(nonsense).containsKey(DROP);
        }
    }

    @Test
    void fetchesAHeldBackListAgainAtOnceAfterARestart() {
        learnAndTake(FIRST, "192.0.2.1", "192.0.2.3", "192.0.2.5", "192.0.2.7");
        learn(content(SECOND, "192.0.2.9"));
        lists = load();
        follow(DROP);
        assertThat(lists.takeDue()).containsExactly(Map.entry(DROP, FIRST));
    }

    @Test
    void forgetsListsThatThePolicyNoLongerNames() {
        learnAndTake(FIRST, "192.0.2.1");
        assertThat(disk.keySet()).hasSize(2);
        follow(OTHER);
        assertThat(disk.keySet()).containsExactly("urls.json");
        assertThat(lists.learn(DROP, content(FIRST, "192.0.2.1"))).isFalse();
        assertThat(lists.states()).extracting(ListState::list).containsExactly(OTHER);
    }

    @Test
    void fetchesAtOnceWhenTheClockWasSetBack() {
        learnAndTake(FIRST, "192.0.2.1");
        clock.tick(Duration.ofDays(-30));
        assertThat(lists.takeDue()).containsKey(DROP);
    }
}
