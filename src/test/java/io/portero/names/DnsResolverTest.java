package io.portero.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Reference.HostName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Rcode;

/** Real queries over loopback to servers that answer as a test defines; NamesIT uses a real dnsmasq and nsd. */
class DnsResolverTest {
    @TempDir
    private Path directory;

    private final List<InetSocketAddress> listed = new ArrayList<>();
    private final List<FakeNameServer> servers = new ArrayList<>();

    @BeforeEach
    void emptyHosts() throws IOException {
        Files.writeString(directory.resolve("hosts"), "203.0.113.99 local.example\n");
    }

    @AfterEach
    void stop() {
        servers.forEach(FakeNameServer::close);
    }

    private FakeNameServer server() {
        var server = new FakeNameServer();
        servers.add(server);
        listed.add(server.address());
        return server;
    }

    private Answer ask(String name) {
        return ask(name, Duration.ofSeconds(5));
    }

    private Answer ask(String name, Duration limit) {
        return new DnsResolver(limit, () -> List.copyOf(listed), directory.resolve("hosts"))
                .resolve(new HostName(name));
    }

    private static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(text, e);
        }
    }

    @Test
    void asksForBothFamiliesAndKeepsTheShortestTtl() {
        server().has("a.example. 300 IN A 203.0.113.1", "a.example. 60 IN AAAA 2001:db8::1");
        assertThat(ask("a.example"))
                .isEqualTo(new Answer(Set.of(ip("203.0.113.1"), ip("2001:db8::1")), Map.of(), Duration.ofSeconds(60)));
    }

    @Test
    void followsAliasesInOneAnswerOrInSeveral() {
        server().has(
                        "www.example. 40 IN CNAME cdn.example.",
                        "cdn.example. 300 IN CNAME far.example.",
                        "far.example. 300 IN A 203.0.113.7")
                .andTellsOneAtATime("cdn.example.");
        var answer = ask("www.example");
        assertThat(answer.addresses()).containsExactly(ip("203.0.113.7"));
        assertThat(answer.ttl()).isEqualTo(Duration.ofSeconds(40));
        assertThat(answer.failures()).isEmpty();
    }

    @Test
    void followsAWholeDomainThatHasMoved() {
        server().has("old.example. 50 IN DNAME new.example.", "sip.new.example. 300 IN A 203.0.113.8");
        assertThat(ask("sip.old.example").addresses()).containsExactly(ip("203.0.113.8"));
        assertThat(ask("sip.old.example").ttl()).isEqualTo(Duration.ofSeconds(50));
    }

    @Test
    void reportsALoopOfAliases() {
        server().has("a.example. 300 IN CNAME b.example.", "b.example. 300 IN CNAME a.example.");
        var answer = ask("a.example");
        assertThat(answer.addresses()).isEmpty();
        assertThat(answer.failures().values()).containsOnly("its aliases (CNAME) lead to no address");
    }

    @Test
    void resolvesTheHostsOfSrvRecords() {
        server().has(
                        "_sip._udp.carrier.example. 120 IN SRV 1 1 5060 a.example.",
                        "_sip._udp.carrier.example. 120 IN SRV 1 1 5060 .",
                        "a.example. 300 IN A 203.0.113.1");
        var answer = ask("_sip._udp.carrier.example");
        assertThat(answer.addresses()).containsExactly(ip("203.0.113.1"));
        assertThat(answer.ttl()).isEqualTo(Duration.ofSeconds(120));
    }

    @Test
    void aDeletedNameHasNoAddressesAndIsNotAFailure() {
        server().has("else.example. 300 IN A 203.0.113.1");
        assertThat(ask("gone.example")).isEqualTo(new Answer(Set.of(), Map.of(), Duration.ZERO));
    }

    @Test
    void asksTheNextServerWhenOneFails() {
        server().says(Rcode.SERVFAIL);
        server().has("a.example. 300 IN A 203.0.113.1");
        assertThat(ask("a.example").addresses()).containsExactly(ip("203.0.113.1"));
    }

    @Test
    void asksTheNextServerWhenOneAnswersWithAnUpdate() {
        server().sendsUpdates();
        assertThat(ask("a.example").why()).endsWith(" answers another question");
        server().has("a.example. 60 IN A 203.0.113.1");
        assertThat(ask("a.example").addresses()).containsExactly(ip("203.0.113.1"));
    }

    @Test
    void reportsWhichServerFailedAndWhy() {
        server().says(Rcode.REFUSED);
        assertThat(ask("a.example").failures())
                .containsEntry(Family.V4, "127.0.0.1 says REFUSED")
                .containsEntry(Family.V6, "127.0.0.1 says REFUSED");
        listed.clear();
        assertThat(ask("a.example").failures()).containsEntry(Family.V4, "/etc/resolv.conf has no nameserver");
    }

    @Test
    void doesNotExceedItsTimeLimit() {
        server().isSilent();
        long start = System.nanoTime();
        var answer = ask("a.example", Duration.ofMillis(300));
        assertThat(answer.failures()).containsEntry(Family.V4, "127.0.0.1 does not answer");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(30));
    }

    @Test
    void repeatsATruncatedAnswerOverTcp() {
        server().has("a.example. 300 IN A 203.0.113.1").cutsDatagramsShort();
        assertThat(ask("a.example").addresses()).containsExactly(ip("203.0.113.1"));
    }

    @Test
    void theHostsFileComesFirst() {
        server().isSilent();
        var answer = ask("local.example", Duration.ofMillis(300));
        assertThat(answer.addresses()).containsExactly(ip("203.0.113.99"));
        assertThat(answer.failures()).isEmpty();
        assertThat(answer.ttl()).isZero();
    }
}
