package io.portero.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.NamedSet;
import io.portero.lab.Outpost;
import io.portero.lab.Place;
import io.portero.lab.Reach;
import io.portero.lab.Sighting;
import io.portero.lab.Sighting.Sight;
import io.portero.plan.TimedMember;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Protocol;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits for each source, with real packets; the rates are so low that no bucket becomes full again during a test. */
@TestInstance(Lifecycle.PER_CLASS)
class LimitIT {
    private static final byte[] OPTIONS = "OPTIONS".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    private static final String POLICY = """
            mode: %s
            groups: { itsp: [203.0.113.0/24, "2001:db8:203::/48"] }
            services:
              ssh:   { ports: [22/tcp],   from: [any],  management: true }
              https: { ports: [443/tcp],  from: [any] }
              sip:   { ports: [5060/udp], from: [%s], limit: { rate: 10/hour, burst: 5 %s } }
              rtp:   { ports: [4000/udp], from: [itsp] }
            """;
    private static final int BURST = 5;
    private static final int SENT = 12;

    private TestLab net;
    private Sighting sighting;

    @BeforeAll
    void build() {
        net = TestLab.build(Place.HOST, Place.STRANGER, Place.ITSP);
        sighting = net.lab.sighting();
        sighting.start();
        List.of(22, 443)
                .forEach(port ->
                        net.lab.from(Place.HOST).listen(Protocol.TCP, port).join());
    }

    @AfterAll
    void takeAway() {
        if (net != null) {
            net.close();
        }
    }

    @BeforeEach
    void startFromNothing() {
        net.firewall.remove();
        sighting.forget();
    }

    private void enforce(String mode, String from, String ban) {
        net.enforce(TestLab.policy(POLICY.formatted(mode, from, ban)));
    }

    /** Half of the packets belong to one flow, and each of the others to its own flow. */
    private void send(Place place, String from, Family family) {
        for (int i = 0; i < SENT; i++) {
            var source = i % 2 == 0 ? from + ",7000" : from + "," + (7000 + i);
            net.lab
                    .from(place)
                    .datagram(source, Place.HOST.address(family), 5060, OPTIONS)
                    .join();
        }
        await().atMost(TestLab.PATIENCE).until(() -> count(sighting.came(), from) == SENT);
    }

    private long passed(String from) {
        return count(sighting.passed(), from);
    }

    private static long count(Map<Sight, Long> counts, String from) {
        return counts.getOrDefault(new Sight(ip(from), Protocol.UDP.number(), 5060), 0L);
    }

    private static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new IllegalArgumentException(e);
        }
    }

    private long counter(String name) {
        return switch (net.firewall.counters()) {
            case Reading.Of<Map<String, Count>>(var counts) ->
                counts.getOrDefault(name, Count.ZERO).packets();
            case Reading.Failed<Map<String, Count>>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    private List<String> banned(Family family) {
        return switch (net.firewall.members(new NamedSet.Exceeded("sip", family).name())) {
            case Reading.Of<List<TimedMember>>(var members) ->
                members.stream().map(m -> m.address().toString()).toList();
            case Reading.Failed<List<TimedMember>>(var failure) -> throw new AssertionError(failure.sentence());
        };
    }

    private Reach tcp(Place place, String from, Family family, int port) {
        return reach(place, from, family, port).join();
    }

    private CompletableFuture<Reach> reach(Place place, String from, Family family, int port) {
        return net.lab.from(place).reach(Protocol.TCP, from, Place.HOST.address(family), port, TestLab.A_MOMENT);
    }

    private static String neighbour(Family family) {
        return switch (family) {
            case V4 -> "192.0.2.98";
            case V6 -> "2001:db8:99::98";
        };
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void packetsOverTheRateAreDroppedAlsoInRunningFlows(Family family) {
        enforce("enforce", "any", "");
        var stranger = Place.STRANGER.address(family);
        send(Place.STRANGER, stranger, family);
        assertThat(passed(stranger)).isEqualTo(BURST);
        assertThat(counter("dropped_limit")).isEqualTo(SENT - BURST);
        assertThat(counter("service_sip_drop")).isEqualTo(SENT - BURST);
        assertThat(counter("service_sip_accept")).isEqualTo(BURST);

        send(Place.STRANGER, neighbour(family), family);
        assertThat(passed(neighbour(family)))
                .as("another address, of IPv6 of the same /64")
                .isEqualTo(family == Family.V4 ? BURST : 0);
        send(Place.ITSP, Place.ITSP.address(family), family);
        assertThat(passed(Place.ITSP.address(family))).as("another network").isEqualTo(BURST);
        assertThat(tcp(Place.STRANGER, stranger, family, 443)).isEqualTo(Reach.OPEN);
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void aSourceOverTheLimitIsBannedExceptForManagementAndAnswers(Family family) {
        enforce("enforce", "any", ", ban: 3s");
        var stranger = Place.STRANGER.address(family);
        send(Place.STRANGER, stranger, family);
        assertThat(passed(stranger)).isEqualTo(BURST);
        assertThat(banned(family)).hasSize(1);
        assertThat(counter("dropped_banned")).isEqualTo(SENT - BURST - 1);

        var web = reach(Place.STRANGER, stranger, family, 443);
        var ssh = reach(Place.STRANGER, stranger, family, 22);
        assertThat(ssh.join()).isEqualTo(Reach.OPEN);
        assertThat(web.join()).isEqualTo(Reach.SILENT);
        assertThat(net.lab.from(Place.HOST).ping(stranger, TestLab.PATIENCE).join())
                .isEqualTo(Reach.OPEN);
        assertThat(tcp(Place.ITSP, Outpost.ANY_SOURCE, family, 443)).isEqualTo(Reach.OPEN);

        net.enforce(
                TestLab.policy(POLICY.formatted("enforce", "any", ", ban: 3s").replace("443/tcp", "443/tcp, 80/tcp")));
        assertThat(banned(family)).as("after another policy").hasSize(1);
        await().atMost(TestLab.PATIENCE)
                .untilAsserted(() ->
                        assertThat(tcp(Place.STRANGER, stranger, family, 443)).isEqualTo(Reach.OPEN));
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void sourcesThatAServiceNamesAreLimitedButNeverBanned(Family family) {
        var carrier = Place.ITSP.address(family);
        for (var from : List.of("any", "itsp")) {
            startFromNothing();
            enforce("enforce", from, ", ban: 1h");
            send(Place.ITSP, carrier, family);
            assertThat(passed(carrier)).as(from).isEqualTo(BURST);
            assertThat(counter("dropped_limit")).as(from).isEqualTo(SENT - BURST);
            assertThat(banned(family)).as(from).isEmpty();
        }
        // A source that is named later, or shares a /64 with a banned source, is also spared.
        nft("add element inet portero " + new NamedSet.Exceeded("sip", family).name() + " { "
                + (family == Family.V4 ? carrier : "2001:db8:203::") + " timeout 1h }");
        assertThat(tcp(Place.ITSP, Outpost.ANY_SOURCE, family, 443)).isEqualTo(Reach.OPEN);
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void aSourceThatIsNotAdmittedIsBannedForTooManyAttempts(Family family) {
        enforce("enforce", "itsp", ", ban: 1h");
        var stranger = Place.STRANGER.address(family);
        send(Place.STRANGER, stranger, family);
        assertThat(passed(stranger)).isZero();
        assertThat(counter("dropped_source")).isEqualTo(BURST);
        assertThat(counter("dropped_limit")).isEqualTo(1);
        assertThat(counter("dropped_banned")).isEqualTo(SENT - BURST - 1);
        assertThat(banned(family)).hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void modeObserveCountsExcessPacketsAndBansNobody(Family family) {
        enforce("observe", "any", ", ban: 1h");
        var stranger = Place.STRANGER.address(family);
        send(Place.STRANGER, stranger, family);
        assertThat(passed(stranger)).isEqualTo(SENT);
        assertThat(counter("dropped_limit")).isEqualTo(SENT - BURST);
        assertThat(banned(family)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void aNewRateIsInForceAtOnce(Family family) {
        enforce("enforce", "any", "");
        var stranger = Place.STRANGER.address(family);
        send(Place.STRANGER, stranger, family);
        sighting.forget();
        net.enforce(TestLab.policy(POLICY.formatted("enforce", "any", "").replace("burst: 5", "burst: 8")));
        send(Place.STRANGER, stranger, family);
        assertThat(passed(stranger)).isEqualTo(8);
    }

    /** Sources without an entry share the rate of a hundred sources. */
    @ParameterizedTest
    @EnumSource(Family.class)
    void aFullTableNeitherOpensTheServiceNorClosesIt(Family family) {
        enforce("enforce", "any", ", ban: 1h");
        var form = family == Family.V4 ? "198.18.%d.%d" : "2001:db8:%x:%x::";
        nft("add element inet portero limit_sip.10h_5_" + family.suffix() + " { "
                + IntStream.range(0, NamedSet.Metered.SIZE)
                        .mapToObj(i -> form.formatted(i / 250 + 0x100 * family.ordinal(), 1 + i % 250))
                        .collect(Collectors.joining(", "))
                + " }");
        var stranger = Place.STRANGER.address(family);
        send(Place.STRANGER, stranger, family);
        assertThat(passed(stranger)).as("more than its own share").isEqualTo(SENT);
        for (int i = 0; i < 100 * BURST; i++) {
            net.lab.from(Place.STRANGER).datagram(stranger + ",7000", Place.HOST.address(family), 5060, OPTIONS);
        }
        await().atMost(TestLab.PATIENCE).until(() -> count(sighting.came(), stranger) == SENT + 100 * BURST);
        assertThat(passed(stranger)).as("all that have no room together").isEqualTo(100 * BURST);
        assertThat(counter("dropped_limit")).isEqualTo(SENT);
        assertThat(banned(family)).as("for what all of them sent").isEmpty();
        assertThat(tcp(Place.STRANGER, stranger, family, 443)).isEqualTo(Reach.OPEN);
    }

    @Test
    void aServiceThatNamesASourceWithoutALimitDoesNotLimitIt() {
        net.enforce(TestLab.policy("""
                services:
                  ssh:     { ports: [22/tcp],   from: [any], management: true }
                  carrier: { ports: [5060/udp], from: ["203.0.113.0/24"] }
                  a-any:   { ports: [5060/udp], from: [any], limit: { rate: 10/hour, burst: 5 } }
                """));
        send(Place.ITSP, "203.0.113.10", Family.V4);
        send(Place.STRANGER, "192.0.2.99", Family.V4);
        assertThat(passed("203.0.113.10")).isEqualTo(SENT);
        assertThat(passed("192.0.2.99")).isEqualTo(BURST);
    }

    private void nft(String command) {
        assertThat(net.firewall.load(command + "\n")).isEmpty();
    }
}
