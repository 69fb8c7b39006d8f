package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.trace.Judgement;
import io.portero.trace.Judgement.Ruling;
import io.portero.trace.PacketInWords;
import io.portero.trace.TracedPacket;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The trace output of nft 1.0.6. */
class TraceAssemblyTest {
    private static final String FROM_99 = "packet: iif \"eth0\" ether saddr de:5b:2b:91:3e:67 ether daddr"
            + " ae:80:83:07:e5:e4 ip saddr 192.0.2.99 ip daddr 192.0.2.1 ip dscp cs0 ip ecn not-ect ip ttl 64 ip id 1 ip"
            + " protocol udp ip length 30 udp sport 4000 udp dport 5060 udp length 10 @th,64,16 0x6869 ";
    private static final String MARKED =
            "inet portero_trace_7 prerouting " + FROM_99 + "\ninet portero_trace_7 prerouting unknown rule handle 3"
                    + " (verdict continue)\ninet portero_trace_7 prerouting policy accept ";

    private final TraceAssembly assembly =
            new TraceAssembly(TraceTable.of(7), Clock.fixed(Instant.parse("2026-11-25T03:00:00Z"), ZoneOffset.UTC));
    private long now;

    private List<TracedPacket> hear(String id, String... lines) {
        var done = new ArrayList<TracedPacket>();
        for (var line : String.join("\n", lines).split("\n", -1)) {
            done.addAll(assembly.hear("trace id " + id + " " + line, now));
        }
        return done;
    }

    private List<TracedPacket> later() {
        now += TraceAssembly.SILENCE + 1;
        return assembly.silent(now);
    }

    private static List<String> words(TracedPacket packet) {
        return new PacketInWords(ZoneOffset.UTC).lines(packet);
    }

    @Test
    void reportsADropAtOnceWithTheKeyOfTheService() {
        var done = hear(
                "a1",
                MARKED,
                "inet portero prerouting " + FROM_99,
                "inet portero prerouting rule udp dport vmap @d comment \"services 93f744ec\" (verdict goto service_sip)",
                "inet portero service_sip rule goto drop_source comment \"refused 4ef1bc00\" (verdict goto drop_source)",
                "inet portero drop_source rule drop comment \"dropped: source 40571ee4\" (verdict drop)");
        assertThat(words(done.getFirst()))
                .containsExactly(
                        "03:00:00.000 eth0: udp 192.0.2.99:4000 -> 192.0.2.1:5060",
                        "  Portero: DROP: no service with this port admits its source; key services.sip.from,"
                                + " chain service_sip");
    }

    @Test
    void namesEveryServiceThatSharesThePort() {
        var done = hear(
                "a1",
                MARKED,
                "inet portero overlap.service_a.service_b rule goto drop_source comment \"refused 4ef1bc00\" (verdict goto"
                        + " drop_source)",
                "inet portero drop_source rule drop comment \"dropped: source 40571ee4\" (verdict drop)");
        assertThat(done.getFirst().judgement().map(Judgement::key)).contains("services.a.from, services.b.from");
    }

    @Test
    void reportsAPacketThatWouldBeDropped() {
        hear(
                "a1",
                MARKED,
                "inet portero prerouting rule goto drop_no_service comment \"no service 9cf47d35\" (verdict goto"
                        + " drop_no_service)",
                "inet portero drop_no_service rule accept comment \"dropped: no_service 40571ee4\" (verdict accept)");
        assertThat(later())
                .singleElement()
                .satisfies(packet ->
                        assertThat(packet.judgement().map(Judgement::ruling)).contains(Ruling.WOULD_DROP));
    }

    @Test
    void aDropOfOurTableAtHookInputIsOurs() {
        var done = hear(
                "a1",
                MARKED,
                "inet portero not_ours rule accept comment \"not addressed to this host 5ce3d6ec\" (verdict accept)",
                "inet portero input " + FROM_99,
                "inet portero input rule goto drop_stray comment \"delivered here 9396dbfd\" (verdict goto drop_stray)",
                "inet portero drop_stray rule drop comment \"dropped: stray 40571ee4\" (verdict drop)");
        assertThat(done.getFirst().judgement().map(Judgement::ruling)).contains(Ruling.DROP);
    }

    @Test
    void reportsADropByATableBeforeOurs() {
        var done = hear("a1", MARKED, "ip raw PREROUTING " + FROM_99, "ip raw PREROUTING policy drop ");
        assertThat(words(done.getFirst()))
                .containsExactly(
                        "03:00:00.000 eth0: udp 192.0.2.99:4000 -> 192.0.2.1:5060",
                        "  Portero: did not see it; it was dropped earlier",
                        "  ip raw PREROUTING: drop, by its policy",
                        "  end: DROPPED by table ip raw, chain PREROUTING, before Portero saw it");
    }

    @Test
    void reportsPacketsInTheOrderOfArrival() {
        hear("a1", MARKED);
        assertThat(hear("b2", MARKED, "ip raw P policy drop ")).isEmpty();
        assertThat(later()).hasSize(2);
    }

    @Test
    void aReusedIdIsAnotherPacket() {
        hear("a1", MARKED);
        assertThat(hear("a1", MARKED)).hasSize(1);
        assertThat(later()).hasSize(1);
    }

    @Test
    void leavesOutPacketsThatOthersTrace() {
        hear("a1", "ip filter INPUT " + FROM_99, "ip filter INPUT policy drop ");
        hear(
                "b2",
                "inet portero_trace_7 prerouting " + FROM_99,
                "inet portero_trace_7 prerouting policy accept ",
                "ip filter INPUT policy drop ");
        assertThat(later()).isEmpty();
        assertThat(assembly.rest()).isEmpty();
    }
}
