package io.portero.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.FakeFirewall;
import io.portero.apply.Firewall.Reading;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.drift.TableWatch;
import io.portero.enforce.SingleApply;
import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.reconcile.FakeHost;
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
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drains in the passes of an agent, and their storage. */
class DrainsTest {
    private static final String BOTH = "203.0.113.0/24, 198.51.100.64";
    private static final String LESS = "198.51.100.64";

    @TempDir
    private Path directory;

    private final FakeFirewall firewall = new FakeFirewall();
    private final FakeHost host = new FakeHost();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private final List<Event> events = new ArrayList<>();
    private Reconciler agent;

    @BeforeEach
    void start() throws IOException {
        write(BOTH);
        agent = agent();
        agent.pass(Trigger.STARTUP);
    }

    private Reconciler agent() {
        return new Reconciler(
                directory.resolve("portero.yaml"),
                new PolicyReader(),
                firewall,
                DriftWatch.over(TableWatch.DEAF, System::nanoTime),
                host,
                Keeping.in(directory.resolve("state"), directory.resolve("run"), clock, System::nanoTime),
                clock,
                List.of((e, status) -> events.add(e)));
    }

    private static String text(String itsp) {
        return """
                groups: { itsp: [%s] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  rtp: { ports: [4000-4100/udp], from: [itsp], on-revoke: { drain: 2h } }
                """.formatted(itsp);
    }

    private void write(String itsp) throws IOException {
        var file = directory.resolve("portero.yaml");
        Files.writeString(file, text(itsp));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private void put(String itsp) throws IOException {
        write(itsp);
        agent.pass(Trigger.FILE);
    }

    private static Policy policy(String itsp) {
        return ((Loaded.Accepted) new PolicyReader().parse("policy.yaml", text(itsp))).policy();
    }

    private List<String> members(String set) {
        return firewall.members(set) instanceof Reading.Of<List<TimedMember>>(var members)
                ? members.stream()
                        .map(m -> m.range() + " "
                                + m.left().map(Duration::toMinutes).orElse(-1L))
                        .toList()
                : List.of();
    }

    @Test
    void aDrainIsAddedBeforeASourceLosesAccess() throws IOException {
        int commits = firewall.commits().size();
        put(LESS);
        var made = firewall.commits().subList(commits, firewall.commits().size());
        assertThat(made).hasSize(2);
        assertThat(made.getFirst()).allMatch(TimedChange.Refill.class::isInstance);
        assertThat(made.getLast()).anyMatch(Step.ChangeMembers.class::isInstance);
        assertThat(members("drain_rtp_v4")).containsExactly("203.0.113.0/24 120");
    }

    @Test
    void thePolicyIsAppliedEvenIfItsDrainsAreRefused() throws IOException {
        firewall.refuse(ip("203.0.113.0"));
        put(LESS);
        assertThat(agent.status().inSync()).isTrue();
        assertThat(members("drain_rtp_v4")).isEmpty();
        assertThat(events).anyMatch(Event.LeftOut.class::isInstance);
    }

    @Test
    void aNewTableGetsTheRemainingTime() throws IOException {
        put(LESS);
        now = now.plus(Duration.ofMinutes(50));
        put("192.0.2.77");
        firewall.remove();
        now = now.plus(Duration.ofMinutes(10));
        agent.pass(Trigger.PERIODIC);
        assertThat(members("drain_rtp_v4")).containsExactly("203.0.113.0/24 60");
        assertThat(members("drain_rtp.hosts_v4")).containsExactly("198.51.100.64 110");
    }

    @Test
    void aLaterAgentKnowsTheDrainsOfASingleApply() throws IOException {
        write(LESS);
        var next = (Loaded.Accepted) new PolicyReader().read(directory.resolve("portero.yaml"));
        new SingleApply(firewall, host, new PolicyReader(), directory.resolve("state")).apply(next);
        assertThat(members("drain_rtp_v4")).hasSize(1);
        agent = agent();
        agent.pass(Trigger.STARTUP);
        agent.pass(Trigger.PERIODIC);
        firewall.remove();
        agent.pass(Trigger.PERIODIC);
        assertThat(members("drain_rtp_v4")).containsExactly("203.0.113.0/24 120");
    }

    @Test
    void applyTwiceWithoutAnAgentEndsNoDrainEarly() throws IOException {
        for (var itsp : List.of(LESS, "192.0.2.77")) {
            write(itsp);
            var next = (Loaded.Accepted) new PolicyReader().read(directory.resolve("portero.yaml"));
            new SingleApply(firewall, host, new PolicyReader(), directory.resolve("state")).apply(next);
        }
        assertThat(members("drain_rtp_v4")).hasSize(1);
        assertThat(members("drain_rtp.hosts_v4")).hasSize(1);
    }

    @Test
    void anAgentThatStartsWithAnotherPolicyEndsNoDrainEarly() throws IOException {
        put(LESS);
        write("192.0.2.77");
        agent = agent();
        agent.pass(Trigger.STARTUP);
        assertThat(members("drain_rtp_v4")).containsExactly("203.0.113.0/24 120");
        assertThat(members("drain_rtp.hosts_v4")).containsExactly("198.51.100.64 120");
    }

    @Test
    void flowsOfTheHostAreCutWhenTheTimeIsOver() throws IOException {
        host.outgoing("203.0.113.9", 4000);
        put(LESS);
        agent.pass(Trigger.PERIODIC);
        assertThat(members("revoked_v4")).isEmpty();
        now = now.plus(Duration.ofHours(2));
        firewall.commit(List.of(new TimedChange.Refill("drain_rtp_v4", List.of())));
        agent.pass(Trigger.PERIODIC);
        assertThat(members("revoked_v4")).containsExactly("203.0.113.9 60");
    }

    @Test
    void aSourceThatIsAdmittedAndRemovedAgainHasTheWholeTime() throws IOException {
        put(LESS);
        now = now.plus(Duration.ofMinutes(100));
        put(BOTH);
        put("203.0.113.128/25, 198.51.100.64");
        assertThat(members("drain_rtp_v4")).containsExactlyInAnyOrder("203.0.113.0/25 120", "203.0.113.128/25 20");
    }

    @Test
    void tooManyNetworksAreCoveredByLargerOnes() {
        var networks = AddressSet.of(IntStream.range(0, 10_000)
                .mapToObj(i ->
                        AddressRange.network(ip("10.%d.%d.%d".formatted(i >> 14, i >> 6 & 255, i << 2 & 255)), 31))
                .toList());
        var drains = new Drains().with(Map.of("rtp", networks), policy(LESS), now);
        var filled = drains.fill(List.of("rtp"), now).stream()
                .flatMap(c -> c instanceof TimedChange.Refill(var set, var members) ? members.stream() : null)
                .map(TimedMember::range)
                .toList();
        assertThat(filled).hasSizeBetween(1, 4096);
        assertThat(networks.minus(AddressSet.of(filled)).isEmpty()).isTrue();
        assertThat(AddressSet.of(filled).contains(ip("11.0.0.0"))).isFalse();
    }

    @Test
    void manyRemovalsUseBoundedSpaceAndDoNotLastLonger() {
        var drains = new Drains();
        for (int i = 0; i < 200; i++) {
            var lost = AddressSet.of(AddressRange.of(ip("10.0." + i + ".1")));
            drains = drains.with(Map.of("rtp", lost), policy(LESS), now.plusSeconds(i));
        }
        var end = now.plus(Duration.ofHours(2));
        var members = drains.fill(List.of("rtp"), now).getFirst();
        assertThat(members.size()).isEqualTo(200);
        assertThat(((TimedChange.Refill) members).members())
                .allMatch(m -> !now.plus(m.left().orElseThrow())
                        .isAfter(end.plusSeconds(m.address().low() >> 8 & 255)));
    }

    private static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }
}
