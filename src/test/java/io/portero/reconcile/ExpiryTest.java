package io.portero.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.bans.Owner;
import io.portero.events.Event;
import io.portero.events.Trigger;
import io.portero.guests.GuestOrder;
import io.portero.guests.GuestReport;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members of groups, and guests, whose time is over. */
class ExpiryTest {
    private static final Duration LONG = Duration.ofDays(1);

    @TempDir
    private Path directory;

    private InMemoryAgent agent;

    @BeforeEach
    void make() throws IOException {
        agent = new InMemoryAgent(directory);
        agent.now = Instant.now(); // the reader of policies has its own clock
        agent.policy("""
                groups:
                  admins: [198.51.100.7, { address: 192.0.2.7, until: %s, note: contractor }]
                services:
                  ssh:   { ports: [22/tcp], from: [admins], management: true }
                  https: { ports: [443/tcp], from: [any] }
                  off:   { ports: [1/tcp], from: [admins], enabled: false }
                deny: [203.0.113.9]
                """.formatted(agent.now.plusSeconds(600)));
    }

    private String script() {
        return agent.firewall.commits().toString();
    }

    private static AddressRange range(String text) {
        try {
            return AddressRange.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static GuestReport allow(Reconciler reconciler, String what, String service) {
        return reconciler.order(
                new GuestOrder.Allow(service, range(what), Owner.HAND, Duration.ofSeconds(100), "to look"));
    }

    private List<Event> told(Class<? extends Event> kind) {
        return agent.events.stream().filter(kind::isInstance).toList();
    }

    @Test
    void aMemberLeavesWhenItsTimeIsOverAndThisIsReportedOnce() throws IOException {
        var reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        assertThat(reconciler.noticed()).doesNotContain(Trigger.EXPIRY);
        assertThat(reconciler.untilExpiry(LONG)).isBetween(Duration.ofSeconds(590), Duration.ofSeconds(601));

        agent.now = agent.now.plusSeconds(601);
        assertThat(reconciler.untilExpiry(LONG)).isZero();
        assertThat(reconciler.noticed()).contains(Trigger.EXPIRY);
        assertThat(reconciler.noticed())
                .as("a pass that fails is owed, not rung for")
                .doesNotContain(Trigger.EXPIRY);
        assertThat(reconciler.pass(Trigger.EXPIRY)).isEqualTo(PassResult.UNVERIFIED);
        assertThat(told(Event.MembersLeft.class))
                .singleElement()
                .satisfies(e -> assertThat(((Event.MembersLeft) e).members().toString())
                        .startsWith("[192.0.2.7 until ")
                        .endsWith("(contractor) from admins]"));
        assertThat(reconciler
                        .status()
                        .policy()
                        .orElseThrow()
                        .policy()
                        .group("admins")
                        .addresses())
                .hasToString("198.51.100.7");
        assertThat(reconciler.untilExpiry(LONG)).isEqualTo(LONG);
        assertThat(Files.readString(directory.resolve("state").resolve("last-good.nft")))
                .doesNotContainPattern("(?m)^\\s+192\\.0\\.2\\.7");

        reconciler.pass(Trigger.EXPIRY);
        assertThat(told(Event.MembersLeft.class)).hasSize(1);
    }

    @Test
    void aGuestIsAdmittedReportedAndForgottenWhenItsTimeIsOver() {
        var reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        var report = allow(reconciler, "192.0.2.99", "ssh");
        assertThat(report.failure()).isEmpty();
        assertThat(report.remarks()).isEmpty();
        assertThat(script()).contains("service_ssh.guests_v4");
        assertThat(reconciler.status().guests()).hasSize(1);

        var next = agent.start();
        next.pass(Trigger.STARTUP);
        assertThat(next.status().guests()).hasSize(1);
        agent.now = agent.now.plusSeconds(101);
        assertThat(next.noticed()).contains(Trigger.EXPIRY);
        next.pass(Trigger.EXPIRY);
        assertThat(next.status().guests()).isEmpty();
        assertThat(((Event.GuestsChanged) told(Event.GuestsChanged.class).getLast())
                        .changes()
                        .ended())
                .extracting(g -> g.what().toString())
                .containsExactly("192.0.2.99");
        assertThat(next.noticed()).doesNotContain(Trigger.EXPIRY);
    }

    @Test
    void reportsWhyAGuestWouldHaveNoEffect() {
        var reconciler = agent.start();
        reconciler.pass(Trigger.STARTUP);
        assertThat(allow(reconciler, "192.0.2.1", "sshd").failure())
                .contains("the policy in force has no service sshd; the services are https, off, ssh");
        assertThat(allow(reconciler, "192.0.2.1", "off").failure())
                .hasValueSatisfying(f -> assertThat(f).startsWith("off is disabled"));
        assertThat(allow(reconciler, "192.0.2.1", "https").failure())
                .contains("https admits everybody, so it has no guests; nothing was done");
        assertThat(allow(reconciler, "203.0.113.9", "ssh").remarks())
                .singleElement()
                .satisfies(r -> assertThat(r).startsWith("deny names 203.0.113.9"));
        assertThat(allow(reconciler, "198.51.100.7", "ssh").remarks())
                .containsExactly("the policy admits it to ssh anyway, so this access has no effect");
        assertThat(reconciler
                        .order(new GuestOrder.End(range("192.0.2.1"), Optional.empty(), Optional.empty(), Owner.HAND))
                        .guests())
                .isEmpty();
    }
}
