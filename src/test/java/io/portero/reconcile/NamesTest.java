package io.portero.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.apply.Failure;
import io.portero.apply.FakeFirewall;
import io.portero.config.PolicyReader;
import io.portero.drift.DriftWatch;
import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.names.Answer;
import io.portero.names.Answers;
import io.portero.names.NameNews;
import io.portero.names.TickingClock;
import io.portero.plan.Step;
import io.portero.policy.Reference.HostName;
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

/** Host names in the policy, and the changes in the kernel when their addresses are known. */
class NamesTest {
    private static final HostName CARRIER = HostName.of("sip.carrier.example");
    private static final HostName HOME = HostName.of("home.admin.example");

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
        policy("198.51.100.7", "sip.carrier.example, 203.0.113.1", "");
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

    private void policy(String admins, String itsp, String more) throws IOException {
        Files.writeString(file, """
                groups: { itsp: [%s] }
                services:
                  ssh: { ports: [22/tcp], from: [%s], management: true }
                  sip: { ports: [5060/udp], from: [itsp] }
                %s
                """.formatted(itsp, admins, more));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    }

    private PassResult answered(HostName name, Answer answer) {
        keeping.names().learn(name, answer);
        return reconciler.pass(Trigger.DNS);
    }

    private static Answer good(String... addresses) {
        return Answers.good(Duration.ofMinutes(1), addresses);
    }

    private String itsp() {
        return reconciler
                .status()
                .policy()
                .orElseThrow()
                .policy()
                .group("itsp")
                .addresses()
                .toString();
    }

    private String lastGood() throws IOException {
        return Files.readString(directory.resolve("state/last-good.nft"));
    }

    @Test
    void startsWithoutAddressesAndAppliesThemInOneTransaction() throws IOException {
        assertThat(reconciler.pass(Trigger.STARTUP)).isEqualTo(PassResult.UNVERIFIED);
        assertThat(itsp()).isEqualTo("203.0.113.1");
        assertThat(reconciler.status().file().problems().toString()).contains("has no known address");
        int commits = firewall.commits().size();
        int reads = firewall.reads();
        answered(CARRIER, good("203.0.113.7", "2001:db8::7"));
        assertThat(itsp()).isEqualTo("203.0.113.1, 203.0.113.7, 2001:db8::7");
        assertThat(firewall.commits()).hasSize(commits + 1);
        assertThat(firewall.commits().getLast()).allMatch(Step.ChangeMembers.class::isInstance);
        assertThat(firewall.reads()).isEqualTo(reads);
        assertThat(reconciler.status().file().problems()).isEmpty();
        assertThat(lastGood()).contains("203.0.113.7").contains("2001:db8::7");
        assertThat(events).anyMatch(e -> e instanceof Event.NameHeard(NameNews.Changed _));
    }

    @Test
    void aNameDirectlyInAServiceIsAMemberChangeToo() throws IOException {
        policy("198.51.100.7, home.admin.example", "203.0.113.1", "");
        reconciler.pass(Trigger.STARTUP);
        int commits = firewall.commits().size();
        answered(HOME, good("192.0.2.77"));
        answered(HOME, good("192.0.2.78"));
        assertThat(firewall.commits()).hasSize(commits + 2);
        assertThat(firewall.commits().getLast()).allMatch(Step.ChangeMembers.class::isInstance);
    }

    @Test
    void aFailureChangesNothing() {
        reconciler.pass(Trigger.STARTUP);
        answered(CARRIER, good("203.0.113.7"));
        int commits = firewall.commits().size();
        assertThat(answered(CARRIER, Answers.failed())).isEqualTo(PassResult.DONE);
        assertThat(firewall.commits()).hasSize(commits);
        assertThat(itsp()).contains("203.0.113.7");
    }

    @Test
    void adoptsTheRulesInTheKernelAfterARestart() {
        reconciler.pass(Trigger.STARTUP);
        answered(CARRIER, good("203.0.113.7"));
        int commits = firewall.commits().size();
        reconciler = reconciler();
        assertThat(reconciler.pass(Trigger.STARTUP)).isEqualTo(PassResult.DONE);
        assertThat(itsp()).contains("203.0.113.7");
        assertThat(firewall.commits()).hasSize(commits);
    }

    @Test
    void anEditWaitsForTheFirstAnswersOfItsNames() throws IOException {
        policy("198.51.100.7", "203.0.113.0/24", "");
        reconciler.pass(Trigger.STARTUP);
        policy("198.51.100.7", "sip.carrier.example", "");
        reconciler.pass(Trigger.FILE);
        assertThat(itsp()).isEqualTo("203.0.113.0/24");
        answered(CARRIER, good("203.0.113.7"));
        assertThat(itsp()).isEqualTo("203.0.113.7");
        assertThat(reconciler.status().file().lastReloadSuccessful()).isTrue();
    }

    @Test
    void anEditDoesNotWaitForEver() throws IOException {
        policy("198.51.100.7", "203.0.113.0/24", "");
        reconciler.pass(Trigger.STARTUP);
        policy("198.51.100.7", "sip.carrier.example", "");
        reconciler.pass(Trigger.FILE);
        reconciler.pass(Trigger.PERIODIC);
        assertThat(itsp()).isEmpty();
    }

    @Test
    void theGuardUsesTheAddressesOfNames() throws IOException {
        host.session("192.0.2.77", 40000, 22);
        policy("home.admin.example", "203.0.113.1", "");
        reconciler.pass(Trigger.STARTUP);
        assertThat(reconciler.status().file().lastReloadSuccessful()).isFalse();
        answered(HOME, good("192.0.2.77"));
        assertThat(reconciler.status().file().lastReloadSuccessful()).isTrue();
    }

    @Test
    void anOperatorWhoseAddressChangesWithoutASessionIsNotLockedOut() throws IOException {
        policy("home.admin.example", "203.0.113.1", "");
        host.session("192.0.2.77", 40000, 22);
        reconciler.pass(Trigger.STARTUP);
        answered(HOME, good("192.0.2.77"));
        reconciler.pass(Trigger.PERIODIC);
        host.sessions.clear();
        answered(HOME, good("192.0.2.78"));
        reconciler = reconciler();
        reconciler.pass(Trigger.STARTUP);
        assertThat(reconciler.status().file().lastReloadSuccessful()).isTrue();
    }

    @Test
    void aTestRunsWhenItsNameHasAddresses() throws IOException {
        policy("198.51.100.7", "sip.carrier.example", "tests: [ { from: 203.0.113.7, to: 5060/udp, expect: accept } ]");
        reconciler.pass(Trigger.STARTUP);
        assertThat(reconciler.status().file().lastReloadSuccessful()).isTrue();
        assertThat(reconciler.status().file().problems().toString()).contains("cannot be decided");
        answered(CARRIER, good("203.0.113.8"));
        reconciler.pass(Trigger.FILE);
        assertThat(reconciler.status().file().lastReloadSuccessful()).isFalse();
        assertThat(itsp()).isEqualTo("203.0.113.8");
    }

    @Test
    void namesAreFollowedWhileTheFileIsRefused() throws IOException {
        reconciler.pass(Trigger.STARTUP);
        Files.writeString(file, "services: {}\n");
        reconciler.pass(Trigger.FILE);
        answered(CARRIER, good("203.0.113.7"));
        assertThat(itsp()).contains("203.0.113.7");
        assertThat(reconciler.status().file().lastReloadSuccessful()).isFalse();
        reconciler = reconciler();
        reconciler.pass(Trigger.STARTUP);
        assertThat(itsp()).contains("203.0.113.7");
        answered(CARRIER, good("203.0.113.9"));
        assertThat(itsp()).isEqualTo("203.0.113.1, 203.0.113.9");
    }

    @Test
    void retriesAChangeThatTheKernelRefused() {
        reconciler.pass(Trigger.STARTUP);
        firewall.failCommits(2, new Failure(Failure.Kind.REJECTED, "no"));
        assertThat(answered(CARRIER, good("203.0.113.7"))).isEqualTo(PassResult.FAILED);
        assertThat(reconciler.pass(Trigger.DNS)).isNotEqualTo(PassResult.FAILED);
        assertThat(itsp()).contains("203.0.113.7");
    }
}
