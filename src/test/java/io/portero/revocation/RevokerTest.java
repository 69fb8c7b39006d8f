package io.portero.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.FakeFirewall;
import io.portero.apply.Firewall.Reading;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.drift.Culprit;
import io.portero.drift.DriftWatch;
import io.portero.drift.ForeignChange;
import io.portero.enforce.SingleApply;
import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.plan.Step;
import io.portero.plan.TimedChange;
import io.portero.plan.TimedMember;
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
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Revocation in the passes of an agent. */
class RevokerTest {
    private static final String BOTH = "203.0.113.0/24, 198.51.100.64";
    private static final String LESS = "198.51.100.64";

    @TempDir
    private Path directory;

    private final FakeFirewall firewall = new FakeFirewall();
    private final FakeHost host = new FakeHost();
    private final FakeWatch watch = new FakeWatch();
    private final List<Event> events = new ArrayList<>();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    private Reconciler agent;

    @BeforeEach
    void start() throws IOException {
        write(BOTH);
        agent = agent();
        agent.pass(Trigger.STARTUP);
        host.outgoing("203.0.113.9", 5060);
        host.outgoing("192.0.2.53", 5353);
    }

    private Reconciler agent() {
        return new Reconciler(
                directory.resolve("portero.yaml"),
                new PolicyReader(),
                firewall,
                DriftWatch.over(watch, System::nanoTime),
                host,
                Keeping.in(directory.resolve("state"), directory.resolve("run"), clock, System::nanoTime),
                clock,
                List.of((e, status) -> events.add(e)));
    }

    private void write(String itsp) throws IOException {
        var file = directory.resolve("portero.yaml");
        Files.writeString(file, """
                groups: { itsp: [%s] }
                services:
                  ssh: { ports: [22/tcp], from: [any], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                """.formatted(itsp));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private void put(String itsp) throws IOException {
        write(itsp);
        agent.pass(Trigger.FILE);
    }

    private List<TimedMember> revoked() {
        return firewall.members("revoked_v4") instanceof Reading.Of<List<TimedMember>>(var members)
                ? members
                : List.of();
    }

    private List<String> addresses() {
        return revoked().stream().map(m -> m.address().toString()).toList();
    }

    @Test
    void revokesInTheSameTransactionThatRemovesTheMember() throws IOException {
        int commits = firewall.commits().size();
        put(LESS);
        assertThat(firewall.commits()).hasSize(commits + 1);
        assertThat(firewall.commits().getLast())
                .anyMatch(Step.ChangeMembers.class::isInstance)
                .anyMatch(TimedChange.Put.class::isInstance);
        assertThat(addresses()).containsExactly("203.0.113.9");
        assertThat(events).anyMatch(Event.FlowsCut.class::isInstance);
    }

    @Test
    void thePolicyIsAppliedEvenIfItsRevocationsAreRefused() throws IOException {
        firewall.refuse(host.outgoing.getFirst().to());
        put(LESS);
        assertThat(agent.status().inSync()).isTrue();
        assertThat(firewall.commits().getLast()).singleElement().isInstanceOf(Step.ChangeMembers.class);
        assertThat(addresses()).isEmpty();
        assertThat(events).anyMatch(Event.LeftOut.class::isInstance);
    }

    @Test
    void endsARevocationInTheTransactionThatAdmitsTheSourceAgain() throws IOException {
        put(LESS);
        int commits = firewall.commits().size();
        put(BOTH);
        assertThat(firewall.commits()).hasSize(commits + 1);
        assertThat(addresses()).isEmpty();
    }

    @Test
    void renewsNecessaryRevocationsAndEndsOthers() throws IOException {
        put(LESS);
        agent.pass(Trigger.PERIODIC);
        assertThat(revoked().getFirst().left()).contains(Duration.ofHours(1));
        int commits = firewall.commits().size();
        agent.pass(Trigger.PERIODIC);
        assertThat(firewall.commits()).hasSize(commits);
        firewall.commit(List.of(new TimedChange.Put(
                "revoked_v4",
                List.of(new TimedMember(
                        revoked().getFirst().address(),
                        java.util.Optional.of(Duration.ofMinutes(20)),
                        revoked().getFirst().note())))));
        agent.pass(Trigger.PERIODIC);
        assertThat(revoked().getFirst().left()).contains(Duration.ofHours(1));
        host.outgoing.clear();
        agent.pass(Trigger.PERIODIC);
        assertThat(addresses()).isEmpty();
    }

    @Test
    void findsAFlowThatWasStartedWhileThePolicyChanged() throws IOException {
        host.outgoing.clear();
        put(LESS);
        assertThat(addresses()).isEmpty();
        host.outgoing("203.0.113.77", 5060);
        agent.pass(Trigger.PERIODIC);
        assertThat(addresses()).containsExactly("203.0.113.77");
        host.outgoing("203.0.113.78", 5060);
        agent.pass(Trigger.PERIODIC);
        assertThat(addresses())
                .as("what the host starts later is its own business")
                .containsExactly("203.0.113.77");
    }

    @Test
    void keepsMembersThatOthersAddedToTheSet() throws IOException {
        put(LESS);
        firewall.commit(List.of(new TimedChange.Put(
                "revoked_v4", List.of(new TimedMember(host.outgoing.getLast().to(), java.util.Optional.empty(), "")))));
        host.outgoing.clear();
        agent.pass(Trigger.PERIODIC);
        assertThat(addresses()).containsExactly("192.0.2.53");
    }

    @Test
    void aNewTableStillCutsRevokedSources() throws IOException {
        put(LESS);
        firewall.remove();
        agent.pass(Trigger.PERIODIC);
        assertThat(addresses()).containsExactly("203.0.113.9");
    }

    @Test
    void restoresARevocationThatAnotherProgramRemoved() throws IOException {
        put(LESS);
        firewall.commit(List.of(
                new TimedChange.Take("revoked_v4", List.of(revoked().getFirst().address()))));
        assertThat(addresses()).isEmpty();
        agent.pass(Trigger.PERIODIC);
        assertThat(addresses()).containsExactly("203.0.113.9");
    }

    @Test
    void restoresItAtOnceWhenItNoticesTheRemoval() throws IOException {
        put(LESS);
        firewall.commit(List.of(
                new TimedChange.Take("revoked_v4", List.of(revoked().getFirst().address()))));
        watch.seen.add(new ForeignChange(
                0,
                new Culprit("nft", 7),
                List.of("delete element inet portero revoked_v4"),
                Set.of(new ForeignChange.Touched("element", "revoked_v4")),
                false));
        agent.pass(Trigger.DRIFT);
        assertThat(addresses()).containsExactly("203.0.113.9");
    }

    @Test
    void doesNotRestoreAnExpiredRevocation() throws IOException {
        put(LESS);
        agent.pass(Trigger.PERIODIC);
        firewall.commit(List.of(
                new TimedChange.Take("revoked_v4", List.of(revoked().getFirst().address()))));
        now = now.plus(Duration.ofHours(1));
        agent.pass(Trigger.PERIODIC);
        assertThat(addresses()).isEmpty();
    }

    @Test
    void revokesAccessThatAnEditRemovedWhileNoAgentRan() throws IOException {
        agent.pass(Trigger.PERIODIC);
        write(LESS);
        agent = agent();
        agent.pass(Trigger.STARTUP);
        assertThat(addresses()).containsExactly("203.0.113.9");
    }

    @Test
    void revokesAccessThatASingleApplyRemoves() throws IOException {
        write(LESS);
        var file = directory.resolve("portero.yaml");
        var next = (Loaded.Accepted) new PolicyReader().read(file);
        new SingleApply(firewall, host, new PolicyReader(), directory.resolve("state")).apply(next);
        assertThat(addresses()).containsExactly("203.0.113.9");
    }
}
