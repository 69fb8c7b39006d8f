package io.portero.bans;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Failure;
import io.portero.apply.FakeFirewall;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.NamedSet;
import io.portero.config.PolicyReader;
import io.portero.drift.Culprit;
import io.portero.drift.DriftWatch;
import io.portero.drift.ForeignChange;
import io.portero.drift.ForeignChange.Touched;
import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Reference;
import io.portero.reconcile.FakeHost;
import io.portero.reconcile.FakeWatch;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bans by commands and by other programs, while an agent runs. */
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
        bans = new Bans(firewall, host, new PolicyReader(), wanted -> Map.of(), directory.resolve("state"), clock);
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

    private BanReport ban(String address) {
        return ban(address, "hand", 3600);
    }

    private BanReport ban(String what, String by, long seconds) {
        return order(make(what, by, seconds));
    }

    private static BanOrder.Make make(String what, String by, long seconds) {
        var time = Optional.of(seconds).filter(s -> s > 0).map(Duration::ofSeconds);
        return new BanOrder.Make(new Owner(by), false, false, List.of(new BanOrder.Wanted(range(what), time, "")));
    }

    private static BanOrder.Lift lift(String what, String... by) {
        return new BanOrder.Lift(Stream.of(by).map(Owner::new).findFirst(), Optional.of(List.of(range(what))));
    }

    private BanReport unban(String what, String... by) {
        return order(lift(what, by));
    }

    private static AddressRange range(String text) {
        try {
            return AddressRange.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Gives the order to the agent as its own thread does. */
    private BanReport order(BanOrder order) {
        return agent.order(order);
    }

    private static void assertResult(BanReport report, BanReport.Result result) {
        assertThat(report.failure()).isEmpty();
        assertThat(report.items()).extracting(BanReport.Item::result).containsExactly(result);
    }

    private static void assertSpared(BanReport report, String why) {
        assertResult(report, BanReport.Result.SPARED);
        assertThat(report.items().getFirst().says()).isEqualTo(why);
    }

    private List<String> banned() {
        return bans.list() instanceof Reading.Of<List<Ban>>(var all)
                ? all.stream().map(b -> b.what().toString()).toList()
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
    void aBanIsOneTransactionAndAppearsInTheStatus() {
        int commits = firewall.commits().size();
        assertResult(ban("192.0.2.1"), BanReport.Result.DONE);
        assertThat(firewall.commits()).hasSize(commits + 1);
        agent.pass(Trigger.PERIODIC);
        assertThat(agent.status().bans()).hasSize(1);
        assertThat(firewall.commits()).hasSize(commits + 1);
    }

    @Test
    void aNewTableGetsItsBansInASecondTransaction() {
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
    void aStartingAgentRestoresMissingBansButNotEndedOnes() {
        ban("192.0.2.1");
        ban("192.0.2.2", "hand", 60);
        firewall.commit(List.of(take("192.0.2.1", "192.0.2.2")));
        now = now.plusSeconds(120);
        agent().pass(Trigger.STARTUP);
        assertThat(banned()).containsExactly("192.0.2.1");
    }

    @Test
    void liftsABanForGood() {
        ban("192.0.2.1");
        assertResult(unban("192.0.2.1"), BanReport.Result.DONE);
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).isEmpty();
        assertResult(unban("192.0.2.1"), BanReport.Result.UNCHANGED);
    }

    @Test
    void sparesManagementSessionsAndSourcesThatAServiceNames() {
        host.session("198.51.100.7", 50000, 22);
        assertSpared(ban("198.51.100.7"), "198.51.100.7 is logged in at 22/tcp to manage this host");
        assertSpared(
                ban("198.51.100.0/25"),
                "198.51.100.7 is logged in at 22/tcp to manage this host, and 198.51.100.0/25 holds it");
        assertSpared(ban("203.0.113.9"), "203.0.113.9 is admitted by name in services.sip.from (group itsp)");
        assertSpared(
                ban("203.0.112.0/23"),
                "203.0.112.0/23 holds addresses that are admitted by name in services.sip.from (group itsp)");
        assertThat(banned()).isEmpty();
    }

    @Test
    void sparesThemAlsoFromBansOfOtherPrograms() {
        anotherProgram(put("203.0.113.9", "192.0.2.9"));
        assertThat(banned()).containsExactly("192.0.2.9");
    }

    @Test
    void readsTheHostOnceForManyBansOfAnotherProgram() {
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
    void aRefusedBanIsLeftOutReportedOnceAndKept() {
        ban("192.0.2.1");
        ban("192.0.2.2");
        firewall.refuse(ip("192.0.2.1"));
        firewall.remove();
        for (int i = 0; i < 3; i++) {
            agent.pass(Trigger.PERIODIC);
        }
        assertThat(banned()).containsExactly("192.0.2.2");
        assertThat(agent.status().bans()).extracting(b -> b.what().toString()).containsExactly("192.0.2.2");
        assertThat(events.stream().filter(Event.LeftOut.class::isInstance))
                .singleElement()
                .asString()
                .contains("nft refuses 192.0.2.1 in banned_v4, which is left out");
        assertThat(events.stream().filter(Event.DriftRepaired.class::isInstance))
                .hasSize(1);
        assertThat(memory()).contains("\t192.0.2.1\t");
        assertResult(unban("192.0.2.1"), BanReport.Result.DONE);
        assertThat(memory()).doesNotContain("\t192.0.2.1\t");
    }

    @Test
    void aBanOfAnotherProgramIsKeptWhenItCannotBeRestoredAtOnce() {
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
    void liftsABanWhenItsMemberSetOrTableIsMissing() {
        ban("192.0.2.1");
        firewall.commit(List.of(take("192.0.2.1")));
        assertResult(unban("192.0.2.1"), BanReport.Result.DONE);
        ban("192.0.2.1");
        firewall.remove();
        assertResult(unban("192.0.2.1"), BanReport.Result.DONE);
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).isEmpty();
    }

    @Test
    void liftsABanAsSoonAsNftWorksAgain() {
        ban("192.0.2.1");
        firewall.failCommits(1, new Failure(Failure.Kind.REJECTED, "exit code 139"));
        assertThat(unban("192.0.2.1").failure())
                .hasValueSatisfying(
                        why -> assertThat(why).contains("the agent lifts the ban as soon as nft works again"));
        assertThat(banned()).containsExactly("192.0.2.1");
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).isEmpty();
        agent.pass(Trigger.PERIODIC);
        assertThat(memory()).doesNotContain("192.0.2.1");
        assertResult(ban("192.0.2.1"), BanReport.Result.DONE);
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).containsExactly("192.0.2.1");
    }

    @Test
    void aFailedBanIsReportedAsFailed() {
        firewall.remove();
        assertThat(ban("192.0.2.1").failure()).isPresent();
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).isEmpty();
    }

    private BanReport alone(BanOrder order) {
        return bans.order(file, order, () -> false);
    }

    @Test
    void withoutAnAgentACommandBansAndTheNextAgentKnowsTheBan() {
        assertResult(alone(make("192.0.2.1", "a", 60)), BanReport.Result.DONE);
        assertResult(alone(make("192.0.2.1", "b", 3600)), BanReport.Result.DONE);
        assertResult(alone(make("198.51.100.0/24", "b", 3600)), BanReport.Result.DONE);
        assertResult(alone(lift("192.0.2.1", "b")), BanReport.Result.DONE);
        assertThat(bans.list())
                .isEqualTo(new Reading.Of<>(List.of(
                        new Ban(range("192.0.2.1"), new Owner("a"), Optional.of(now.plusSeconds(60)), false, ""),
                        new Ban(
                                range("198.51.100.0/24"),
                                new Owner("b"),
                                Optional.of(now.plusSeconds(3600)),
                                false,
                                ""))));
        agent = agent();
        agent.pass(Trigger.STARTUP);
        assertResult(unban("192.0.2.1", "b"), BanReport.Result.UNCHANGED);
        assertResult(unban("192.0.2.1", "a"), BanReport.Result.DONE);
        assertThat(banned()).containsExactly("198.51.100.0/24");
    }

    @Test
    void withoutAnAgentABanOfAnotherProgramCounts() {
        firewall.commit(List.of(put("192.0.2.2")));
        assertResult(alone(make("192.0.2.2", "a", 60)), BanReport.Result.DONE);
        assertThat(bans.list())
                .isInstanceOfSatisfying(
                        Reading.Of.class,
                        r -> assertThat((List<?>) r.value())
                                .extracting(b -> ((Ban) b).by().name())
                                .containsExactly("other", "a"));
        assertResult(alone(lift("192.0.2.2")), BanReport.Result.DONE);
        assertResult(alone(lift("192.0.2.2")), BanReport.Result.UNCHANGED);
        assertThat(banned()).isEmpty();
    }

    @Test
    void aCommandChangesNothingWhenAnAgentHasJustStarted() {
        assertThat(bans.order(file, make("192.0.2.1", "a", 60), () -> true).failure())
                .isPresent();
        assertThat(banned()).isEmpty();
    }

    @Test
    void bansWhenTheDiskCannotBeWritten() throws IOException {
        Files.writeString(directory.resolve("a-file"), "");
        var helpless =
                new Bans(firewall, host, new PolicyReader(), wanted -> Map.of(), directory.resolve("a-file"), clock);
        var report = helpless.order(file, make("192.0.2.1", "hand", 0), () -> false);
        assertResult(report, BanReport.Result.DONE);
        assertThat(report.remark()).isPresent();
        assertThat(banned()).containsExactly("192.0.2.1");
    }

    private Duration left(String set) {
        return ((Reading.Of<List<TimedMember>>) firewall.members(set))
                .value()
                .getFirst()
                .left()
                .orElseThrow();
    }

    @Test
    void aShortBanOfOneOwnerNeverEndsALongBanOfAnother() {
        ban("192.0.2.1", "fail2ban:recidive", 86_400);
        var report = ban("192.0.2.1", "fail2ban:ssh", 600);
        assertThat(report.items().getFirst().says())
                .isEqualTo("already banned for longer by fail2ban:recidive until 2026-01-02T00:00:00Z");
        assertThat(left("banned_v4")).isEqualTo(Duration.ofDays(1));
        assertThat(unban("192.0.2.1", "fail2ban:ssh").items().getFirst().says())
                .isEqualTo("still banned by fail2ban:recidive until 2026-01-02T00:00:00Z");
        assertThat(left("banned_v4")).isEqualTo(Duration.ofDays(1));
        ban("192.0.2.1", "fail2ban:ssh", 600);
        assertResult(unban("192.0.2.1", "fail2ban:recidive"), BanReport.Result.DONE);
        assertThat(left("banned_v4")).isEqualTo(Duration.ofMinutes(10));
        assertResult(unban("192.0.2.1"), BanReport.Result.DONE);
        assertThat(banned()).isEmpty();
        assertThat(agent.status().bans()).isEmpty();
    }

    @Test
    void overlappingNetworksEndIndependently() {
        ban("198.51.0.0/16", "a", 60);
        ban("198.51.100.0/24", "b", 3600);
        assertResult(unban("198.51.0.0/16"), BanReport.Result.DONE);
        assertThat(banned()).containsExactly("198.51.100.0/24");
        ban("198.51.0.0/16", "a", 60);
        firewall.remove();
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).containsExactly("198.51.0.0/16", "198.51.100.0/24");
        now = now.plusSeconds(61);
        firewall.remove();
        agent.pass(Trigger.PERIODIC);
        assertThat(banned()).containsExactly("198.51.100.0/24");
        agent.pass(Trigger.PERIODIC);
        assertThat(agent.status().bans()).extracting(b -> b.what().toString()).containsExactly("198.51.100.0/24");
    }

    @Test
    void manyBansAreOneTransactionWithoutSparedSources() {
        var wanted = IntStream.range(0, 1000)
                .mapToObj(i -> new BanOrder.Wanted(
                        range("203.0." + (110 + i / 256) + "." + i % 256), Optional.of(Duration.ofHours(1)), "a list"))
                .toList();
        int commits = firewall.commits().size();
        var report = order(new BanOrder.Make(new Owner("list"), false, false, wanted));
        assertThat(firewall.commits()).hasSize(commits + 1);
        assertThat(report.with(BanReport.Result.SPARED)).hasSize(1000 - 3 * 256);
        assertThat(banned()).hasSize(3 * 256);
        var fewer = new BanOrder.Make(new Owner("list"), false, true, wanted.subList(0, 10));
        assertThat(order(fewer).others()).isEqualTo(3 * 256 - 10);
        assertThat(banned()).hasSize(10);
        assertThat(order(new BanOrder.Lift(Optional.of(new Owner("list")), Optional.empty()))
                        .items())
                .hasSize(10);
        assertThat(banned()).isEmpty();
    }

    @Test
    void sparesTheAddressesOfHostNamesAndLists() throws IOException {
        var list = Files.writeString(directory.resolve("carriers.txt"), "192.0.2.128/25\n");
        Files.setPosixFilePermissions(list, PosixFilePermissions.fromString("rw-r-----"));
        Files.writeString(file, """
                groups: { itsp: ["file:%s", sip.carrier.example] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                """.formatted(list));
        var name = Reference.HostName.of("sip.carrier.example");
        var knowing = new Bans(
                firewall,
                host,
                new PolicyReader(),
                wanted -> Map.of(name, AddressSet.of(range("192.0.2.7"))),
                directory.resolve("state"),
                clock);
        assertSpared(
                knowing.order(file, make("192.0.2.7", "a", 60), () -> false),
                "192.0.2.7 is admitted by name in services.sip.from (group itsp, sip.carrier.example)");
        assertSpared(
                knowing.order(file, make("192.0.2.200", "a", 60), () -> false),
                "192.0.2.200 is admitted by name in services.sip.from (group itsp, file:" + list + ")");
    }

    @Test
    void bansThatTheKernelMakesForALimitAreListedAndLiftedToo() {
        for (var family : Family.values()) {
            firewall.commit(
                    List.of(new Step.AddSet(new NamedSet.Timed("limit_sip.banned_" + family.suffix(), family))));
        }
        var end = Optional.of(Duration.ofMinutes(10));
        firewall.commit(List.of(
                new TimedChange.Put("limit_sip.banned_v4", List.of(new TimedMember(ip("192.0.2.66"), end, ""))),
                new TimedChange.Put("limit_sip.banned_v6", List.of(new TimedMember(ip("2001:db8:5::"), end, "")))));
        ban("192.0.2.66", "a", 60);
        assertThat(((Reading.Of<List<Ban>>) bans.list()).value())
                .extracting(b -> b.what() + " " + b.by())
                .containsExactly("192.0.2.66 limit:sip", "192.0.2.66 a", "2001:db8:5::/64 limit:sip");
        assertResult(unban("192.0.2.66", "a"), BanReport.Result.DONE);
        assertThat(banned()).containsExactly("192.0.2.66", "2001:db8:5::/64");
        assertResult(unban("192.0.2.66"), BanReport.Result.DONE);
        assertResult(unban("2001:db8:5::17", "limit:sip"), BanReport.Result.DONE);
        assertThat(banned()).isEmpty();
    }

    @Test
    void theOwnersSurviveARestartAndAReboot() throws IOException {
        ban("192.0.2.1", "a", 3600);
        ban("192.0.2.1", "b", 60);
        ban("198.51.100.0/24", "c", 0);
        var file = directory.resolve("state/bans");
        Files.writeString(file, memory().replaceFirst("boot .*", "boot before"));
        firewall.remove();
        agent = agent();
        agent.pass(Trigger.STARTUP);
        assertThat(banned()).containsExactly("192.0.2.1", "192.0.2.1", "198.51.100.0/24");
        assertResult(unban("192.0.2.1", "a"), BanReport.Result.DONE);
        assertThat(left("banned_v4")).isEqualTo(Duration.ofMinutes(1));
    }
}
