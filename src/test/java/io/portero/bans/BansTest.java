package io.portero.bans;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.FakeFirewall;
import io.portero.apply.Firewall.Reading;
import io.portero.config.PolicyReader;
import io.portero.drift.Culprit;
import io.portero.drift.DriftWatch;
import io.portero.drift.ForeignChange;
import io.portero.drift.ForeignChange.Touched;
import io.portero.plan.Step;
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

    private void anotherProgram(Step... steps) {
        firewall.commit(List.of(steps));
        watch.seen.add(new ForeignChange(
                0, new Culprit("nft", 1), List.of(), Set.of(new Touched("element", "banned_v4")), false));
        agent.pass(Trigger.DRIFT);
    }

    private static Step put(String... addresses) {
        var members = java.util.Arrays.stream(addresses)
                .map(a -> new TimedMember(ip(a), Optional.of(Duration.ofHours(1)), ""))
                .toList();
        return new Step.PutTimed("banned_v4", members);
    }

    private static Step take(String... addresses) {
        return new Step.TakeTimed(
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
    void aTableThatIsMadeAnewHoldsItsBansFromTheFirstMoment() {
        ban("192.0.2.1");
        ban("2001:db8::1");
        firewall.remove();
        now = now.plusSeconds(600);
        agent.pass(Trigger.PERIODIC);
        assertThat(firewall.commits().getLast()).anyMatch(Step.CreateTable.class::isInstance);
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
