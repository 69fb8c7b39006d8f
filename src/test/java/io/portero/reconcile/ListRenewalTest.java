package io.portero.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.lists.ListNews;
import io.portero.lists.Offers;
import io.portero.names.TickingClock;
import io.portero.plan.Step;
import io.portero.policy.Hosts;
import io.portero.policy.Reference.UrlList;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lists on the web in the policy, and the changes in the kernel when they are fetched. */
class ListRenewalTest {
    private static final UrlList DROP = new UrlList("https://lists.example/drop.txt");
    private static final UrlList STAFF = new UrlList("https://lists.example/staff.json#/office");

    @TempDir
    private Path directory;

    private final TickingClock clock = new TickingClock();
    private final FakeFirewall firewall = new FakeFirewall();
    private final FakeHost host = new FakeHost();
    private final List<Event> events = new ArrayList<>();
    private Path file;
    private Keeping keeping;
    private Reconciler reconciler;

    @BeforeEach
    void start() throws IOException {
        file = directory.resolve("portero.yaml");
        policy("any", "");
        reconciler = reconciler();
    }

    private Reconciler reconciler() {
        keeping = Keeping.in(directory.resolve("state"), directory.resolve("run"), clock, System::nanoTime);
        return new Reconciler(
                file,
                new PolicyReader(),
                firewall,
                DriftWatch.over(new FakeWatch(), System::nanoTime),
                host,
                keeping,
                clock,
                List.of((e, now) -> events.add(e)));
    }

    private void policy(String admins, String more) throws IOException {
        Files.writeString(file, """
                groups: { blocklist: ["url:https://lists.example/drop.txt"] }
                services:
                  ssh: { ports: [22/tcp], from: [%s], management: true }
                  sip: { ports: [5060/udp], from: [any] }
                deny: [blocklist]
                %s
                """.formatted(admins, more));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private PassResult fetched(UrlList list, String... members) {
        Offers.fetched(keeping.urls(), list, members);
        return reconciler.pass(Trigger.LIST);
    }

    private String denied() {
        return reconciler
                .status()
                .policy()
                .orElseThrow()
                .policy()
                .group("blocklist")
                .addresses()
                .toString();
    }

    private String problems() {
        return reconciler.status().file().problems().toString();
    }

    @Test
    void aListThatWasNeverFetchedDelaysNothingAndIsAppliedInOneTransaction() {
        assertThat(reconciler.pass(Trigger.STARTUP)).isEqualTo(PassResult.UNVERIFIED);
        assertThat(problems()).contains("lists.example/drop.txt was never fetched");
        int commits = firewall.commits().size();
        int reads = firewall.reads();
        fetched(DROP, "192.0.2.0/24", "2001:db8::/32");
        assertThat(denied()).isEqualTo("192.0.2.0/24, 2001:db8::/32");
        assertThat(firewall.commits()).hasSize(commits + 1);
        assertThat(firewall.commits().getLast()).allMatch(Step.ChangeMembers.class::isInstance);
        assertThat(firewall.reads()).isEqualTo(reads);
        assertThat(problems()).isEqualTo("[]");
        assertThat(events).anyMatch(e -> e instanceof Event.ListHeard(ListNews.Changed _));
    }

    @Test
    void anUnchangedListChangesNothing() {
        reconciler.pass(Trigger.STARTUP);
        fetched(DROP, "192.0.2.0/24");
        int commits = firewall.commits().size();
        int told = events.size();
        Offers.unchanged(keeping.urls(), DROP);
        Offers.fetched(keeping.urls(), DROP, "192.0.2.0/25", "192.0.2.128/25");
        assertThat(keeping.urls().offers()).isEmpty();
        reconciler.pass(Trigger.LIST);
        assertThat(firewall.commits()).hasSize(commits);
        assertThat(events).hasSize(told);
    }

    @Test
    void aFailureChangesNothingAndIsReported() {
        reconciler.pass(Trigger.STARTUP);
        fetched(DROP, "192.0.2.0/24");
        Offers.failed(keeping.urls(), DROP);
        reconciler.pass(Trigger.LIST);
        assertThat(denied()).isEqualTo("192.0.2.0/24");
        assertThat(events).anyMatch(e -> e instanceof Event.ListHeard(ListNews.Failing _));
    }

    @Test
    void aListThatDeniesTheOperatorIsHeldBackWhileTheOperatorIsThere() {
        host.session("198.51.100.7", 40000, 22);
        reconciler.pass(Trigger.STARTUP);
        fetched(DROP, "192.0.2.0/24");
        int commits = firewall.commits().size();
        fetched(DROP, "192.0.2.0/24", "198.51.100.0/24");
        assertThat(denied()).isEqualTo("192.0.2.0/24");
        assertThat(firewall.commits()).hasSize(commits);
        assertThat(events.getLast())
                .isInstanceOfSatisfying(
                        Event.ListHeard.class,
                        e -> assertThat(e.toString())
                                .contains(
                                        "HeldBack",
                                        "it would cut off every live management session (198.51.100.7 to 22/tcp)"));
        assertThat(keeping.urls().accept("lists.example/drop.txt")).containsExactly(DROP);
        reconciler.pass(Trigger.LIST);
        assertThat(denied()).as("nobody locks himself out by accepting").isEqualTo("192.0.2.0/24");
        host.sessions.clear();
        host.session("203.0.113.9", 40000, 22);
        Offers.unchanged(keeping.urls(), DROP);
        reconciler.pass(Trigger.LIST);
        assertThat(denied()).isEqualTo("192.0.2.0/24, 198.51.100.0/24");
    }

    @Test
    void aListThatAdmitsTheOperatorDoesNotLockTheOperatorOut() throws IOException {
        policy("\"url:" + STAFF.address() + "\", 203.0.113.1", "");
        reconciler.pass(Trigger.STARTUP);
        fetched(STAFF, "198.51.100.0/28");
        host.session("198.51.100.7", 40000, 22);
        fetched(STAFF, "198.51.100.64/28");
        assertThat(reconciler.status().policy().orElseThrow().policy().toString())
                .contains("198.51.100.0/28");
        assertThat(keeping.urls().state(STAFF).orElseThrow().held()).isPresent();
        fetched(STAFF, "198.51.100.0/28", "198.51.100.64/28");
        assertThat(keeping.urls().state(STAFF).orElseThrow().held()).isEmpty();
    }

    @Test
    void aListThatShrinksByMoreThanHalfWaitsForApproval() {
        reconciler.pass(Trigger.STARTUP);
        fetched(DROP, "192.0.2.0/28", "192.0.2.32/28", "192.0.2.64/28");
        fetched(DROP, "192.0.2.0/28");
        assertThat(denied()).contains("192.0.2.64/28");
        keeping.urls().accept("blocklist");
        reconciler.pass(Trigger.LIST);
        assertThat(denied()).isEqualTo("192.0.2.0/28");
    }

    @Test
    void anEditWaitsForTheFirstAnswerAndThenForTheGuard() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        fetched(DROP, "192.0.2.0/24");
        host.session("198.51.100.7", 40000, 22);
        policy("\"url:" + STAFF.address() + "\"", "safety: { confirm: never }");
        int commits = firewall.commits().size();
        assertThat(reconciler.pass(Trigger.FILE)).isEqualTo(PassResult.POSTPONED);
        assertThat(firewall.commits()).hasSize(commits);
        fetched(STAFF, "198.51.100.0/28");
        assertThat(reconciler.status().file().lastReloadSuccessful()).isTrue();
        assertThat(firewall.commits().size()).isGreaterThan(commits);
    }

    @Test
    void anEditDoesNotWaitForEver() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        fetched(DROP, "192.0.2.0/24");
        policy("198.51.100.7, \"url:" + STAFF.address() + "\"", "safety: { confirm: never }");
        assertThat(reconciler.pass(Trigger.FILE)).isEqualTo(PassResult.POSTPONED);
        reconciler.pass(Trigger.PERIODIC);
        assertThat(reconciler.status().file().lastReloadSuccessful()).isTrue();
    }

    @Test
    void aFetchedListSurvivesARestartAndIsNotFetchedAgain() {
        reconciler.pass(Trigger.STARTUP);
        fetched(DROP, "192.0.2.0/24");
        int commits = firewall.commits().size();
        reconciler = reconciler();
        reconciler.pass(Trigger.STARTUP);
        assertThat(denied()).isEqualTo("192.0.2.0/24");
        assertThat(firewall.commits()).hasSize(commits);
        clock.tick(Duration.ofMinutes(10));
        assertThat(keeping.urls().state(DROP).orElseThrow().due()).isAfter(clock.instant());
    }

    @Test
    void aTestThatDependsOnTheListRunsWhenTheListIsFetched() throws IOException {
        policy("any", "tests: [{ from: 192.0.2.9, to: 22/tcp, expect: drop }]");
        reconciler.pass(Trigger.STARTUP);
        assertThat(problems()).contains("cannot be decided");
        fetched(DROP, "192.0.2.0/24");
        assertThat(problems()).isEqualTo("[]");
    }

    @Test
    void warnsWhenAFetchedListDeniesTheGateway() {
        host.surroundings =
                Hosts.with("eth0", "192.0.2.80").route("eth0", "192.0.2.254").host();
        reconciler.pass(Trigger.STARTUP);
        fetched(DROP, "203.0.113.0/24");
        assertThat(problems()).isEqualTo("[]");
        fetched(DROP, "203.0.113.0/24", "192.0.2.0/24");
        assertThat(problems()).contains("192.0.2.254");
    }
}
