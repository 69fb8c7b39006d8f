package io.portero.bans;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Failure;
import io.portero.apply.FakeFirewall;
import io.portero.apply.Firewall.Reading;
import io.portero.config.PolicyReader;
import io.portero.drift.Culprit;
import io.portero.drift.DriftWatch;
import io.portero.drift.ForeignChange;
import io.portero.drift.ForeignChange.Touched;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.Ip;
import io.portero.reconcile.Event;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.FakeWatch;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import io.portero.reconcile.Trigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bans by command and by others, with an agent beside. */
class BansTest {
    @TempDir
    private Path directory;

    private final FakeFirewall firewall = new FakeFirewall();
    private final FakeHost host = new FakeHost();
    private final FakeWatch watch = new FakeWatch();
    private final List<Event> events = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private Path file;
    private Bans bans;
    private Reconciler agent;

    @BeforeEach
    void start() throws IOException {
        file = directory.resolve("portero.yaml");
        Files.writeString(file, """
                groups: { itsp: [203.0.113.0/24] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                """);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        agent = agent();
        agent.pass(Trigger.STARTUP);
        bans = new Bans(firewall, host, new PolicyReader(), directory.resolve("state"), clock);
    }

    private Reconciler agent() {
        return new Reconciler(
                file,
                new PolicyReader(),
                firewall,
                DriftWatch.over(watch, System::nanoTime),
                host,
                Keeping.in(directory.resolve("state"), directory.resolve("run"), clock, System::nanoTime),
                clock,
                List.of((e, status) -> events.add(e)));
    }

    private static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    private Bans.Result ban(String address) {
        return bans.ban(file, ip(address), Optional.of(Duration.ofHours(1)), false, "");
    }

    private List<String> banned() {
        return bans.list() instanceof Reading.Of<List<Ban>>(var all)
                ? all.stream().map(b -> b.address().toString()).toList()
                : List.of("not listed");
    }

    private void anotherProgram(TimedChange... steps) {
        firewall.commit(List.of(steps));
        watch.seen.add(new ForeignChange(
                0, new Culprit("nft", 1), List.of(), Set.of(new Touched("element", "banned_v4")), false));
        agent.pass(Trigger.DRIFT);
    }

    private static TimedChange put(String... addresses) {
        var members = java.util.Arrays.stream(addresses)
                .map(a -> new TimedMember(ip(a), Optional.of(Duration.ofHours(1)), ""))
                .toList();
        return new TimedChange.Put("banned_v4", members);
    }

    private static TimedChange take(String... addresses) {
        return new TimedChange.Take(
                "banned_v4",
                java.util.Arrays.stream(addresses).map(BansTest::ip).toList());
    }

    @Test
    void aBanIsOneTransactionAndTheStatusKnowsIt() {
        int commits = firewall.commits().size();
        assertThat(ban("192.0.2.1")).isInstanceOf(Bans.Result.Done.class);
        assertThat(firewall.commits()).hasSize(commits + 1);
        agent.pass(Trigger.PERIODIC);
        assertThat(agent.status().bans()).hasSize(1);
        assertThat(firewall.commits()).hasSize(commits + 1);
    }

    @Test
    void aTableThatIsMadeAnewGetsItsBansRightBehindAndNeverInTheTransactionThatClosesTheHost() {
        ban("192.0.2.1");
        ban("2001:db8::1");
        firewall.remove();
        now = now.plusSeconds(600);
        agent.pass(Trigger.PERIODIC);
        var last = firewall.commits().reversed();
        assertThat(last.getFirst()).hasSize(2).allMatch(TimedChange.class::isInstance);
        assertThat(last.get(1)).anyMatch(Step.CreateTable.class::isInstance).noneMatch(TimedChange.class::isInstance);
        assertThat(banned()).containsExactly("192.0.2.1", "2001:db8::1");
        var left = ((Reading.Of<List<TimedMember>>) firewall.members("banned_v4"))
                .value()
                .getFirst()
                .left();
        assertThat(left).contains(Duration.ofMinutes(50));
    }

    @Test
    void aFlushedSetGetsItsBansBack() {
        ban("192.0.2.1");
        anotherProgram(put("192.0.2.2"));
        anotherProgram(take("192.0.2.1", "192.0.2.2"));
        assertThat(banned()).contains("192.0.2.1");
        assertThat(events)
                .anyMatch(e -> e instanceof Event.BansChanged c
                        && !c.changes().restored().isEmpty());
    }

    @Test
    void anAgentThatStartsRestoresWhatIsMissingButNotWhatIsOver() {
        ban("192.0.2.1");
        bans.ban(file, ip("192.0.2.2"), Optional.of(Duration.ofMinutes(1)), false, "");
        firewall.commit(List.of(take("192.0.2.1", "192.0.2.2")));
        now = now.plusSeconds(120);
        agent().pass(Trigger.STARTUP);
        assertThat(banned()).containsExactly("192.0.2.1");
    }

    @Test
    void liftsABanForGood() {
        ban("192.0.2.1");
        assertThat(bans.unban(ip("192.0.2.1"))).isInstanceOf(Bans.Result.Done.class);
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).isEmpty();
        assertThat(bans.unban(ip("192.0.2.1"))).isInstanceOf(Bans.Result.Unchanged.class);
    }

    @Test
    void sparesWhoManagesTheHostAndWhomAServiceNames() {
        host.session("198.51.100.7", 50000, 22);
        assertThat(ban("198.51.100.7"))
                .isInstanceOfSatisfying(
                        Bans.Result.Objected.class,
                        o -> assertThat(o.why()).isEqualTo("198.51.100.7 is logged in at 22/tcp to manage this host"));
        assertThat(ban("203.0.113.9"))
                .isInstanceOfSatisfying(
                        Bans.Result.Objected.class,
                        o -> assertThat(o.why())
                                .isEqualTo("203.0.113.9 is admitted by name in services.sip.from (group itsp)"));
        assertThat(banned()).isEmpty();
    }

    @Test
    void sparesThemFromOtherProgramsToo() {
        anotherProgram(put("203.0.113.9", "192.0.2.9"));
        assertThat(banned()).containsExactly("192.0.2.9");
    }

    @Test
    void asksTheHostOnceHoweverManyAnotherProgramBans() {
        host.session("10.0.9.9", 50000, 22);
        int before = host.asked;
        var addresses = IntStream.range(0, 15_000)
                .mapToObj(i -> "10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255))
                .toArray(String[]::new);
        anotherProgram(put(addresses));
        assertThat(host.asked - before).isEqualTo(1);
        assertThat(banned()).hasSize(14_999).doesNotContain("10.0.9.9");
        var told = events.stream()
                .filter(Event.BansChanged.class::isInstance)
                .map(e -> ((Event.BansChanged) e).changes())
                .filter(c -> !c.isNothing())
                .map(BansInWords::new)
                .toList();
        assertThat(told).singleElement().satisfies(words -> {
            assertThat(words.made()).endsWith(" and 14994 more").hasSizeLessThan(400);
            assertThat(words.undone()).isEqualTo("10.0.9.9 is logged in at 22/tcp to manage this host");
        });
        agent.pass(Trigger.DRIFT);
        assertThat(host.asked - before).as("once all is settled").isEqualTo(1);
    }

    @Test
    void whatNftRefusesIsLeftOutSaidOnceAndStaysRemembered() {
        ban("192.0.2.1");
        ban("192.0.2.2");
        firewall.refuse(ip("192.0.2.1"));
        firewall.remove();
        for (int i = 0; i < 3; i++) {
            agent.pass(Trigger.PERIODIC);
        }
        assertThat(banned()).containsExactly("192.0.2.2");
        assertThat(agent.status().bans())
                .extracting(b -> b.address().toString())
                .containsExactly("192.0.2.2");
        assertThat(events.stream().filter(Event.LeftOut.class::isInstance))
                .singleElement()
                .asString()
                .contains("nft refuses 192.0.2.1 in banned_v4, left out");
        assertThat(events.stream().filter(Event.DriftRepaired.class::isInstance))
                .hasSize(1);
        assertThat(memory()).contains(" 192.0.2.1 ");
        assertThat(bans.unban(ip("192.0.2.1"))).isInstanceOf(Bans.Result.Done.class);
        assertThat(memory()).doesNotContain(" 192.0.2.1 ");
    }

    @Test
    void aLoneBanOfAnotherProgramIsNotLostWhereItCannotBePutBackAtOnce() {
        anotherProgram(put("192.0.2.2"));
        firewall.remove();
        firewall.failCommit(1, new Failure(Failure.Kind.TIMEOUT, "nft hangs"));
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).isEmpty();
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).containsExactly("192.0.2.2");
    }

    private String memory() {
        try {
            return Files.readString(directory.resolve("state/bans"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void liftsABanWhoseMemberSetOrTableIsGone() {
        ban("192.0.2.1");
        firewall.commit(List.of(take("192.0.2.1")));
        assertThat(bans.unban(ip("192.0.2.1"))).isInstanceOf(Bans.Result.Done.class);
        ban("192.0.2.1");
        firewall.remove();
        assertThat(bans.unban(ip("192.0.2.1"))).isInstanceOf(Bans.Result.Done.class);
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).isEmpty();
    }

    @Test
    void liftsABanOfAnotherProgramThatTheAgentHasNotSeen() {
        firewall.commit(List.of(put("192.0.2.2")));
        assertThat(bans.unban(ip("192.0.2.2"))).isInstanceOf(Bans.Result.Done.class);
        assertThat(bans.unban(ip("192.0.2.2"))).isInstanceOf(Bans.Result.Unchanged.class);
        assertThat(banned()).isEmpty();
    }

    @Test
    void liftsABanAsSoonAsNftWorksAgain() {
        ban("192.0.2.1");
        firewall.failCommits(1, new Failure(Failure.Kind.REJECTED, "exit code 139"));
        assertThat(bans.unban(ip("192.0.2.1")))
                .isInstanceOfSatisfying(
                        Bans.Result.Failed.class,
                        f -> assertThat(f.failure().sentence())
                                .contains("the agent lifts it as soon as nft works again"));
        assertThat(banned()).containsExactly("192.0.2.1");
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).isEmpty();
        agent.pass(Trigger.PERIODIC);
        assertThat(memory()).doesNotContain("192.0.2.1");
        assertThat(ban("192.0.2.1")).isInstanceOf(Bans.Result.Done.class);
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).containsExactly("192.0.2.1");
    }

    @Test
    void doesNotSayThatItBannedWhatCouldNotBe() {
        firewall.remove();
        assertThat(ban("192.0.2.1")).isInstanceOf(Bans.Result.Failed.class);
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).isEmpty();
    }

    @Test
    void bansWhereNothingCanBeWritten() throws IOException {
        Files.writeString(directory.resolve("a-file"), "");
        var helpless = new Bans(firewall, host, new PolicyReader(), directory.resolve("a-file"), clock);
        assertThat(helpless.ban(file, ip("192.0.2.1"), Optional.empty(), false, ""))
                .isInstanceOfSatisfying(
                        Bans.Result.Done.class,
                        done -> assertThat(done.remark()).isPresent());
        assertThat(banned()).containsExactly("192.0.2.1");
    }
}
