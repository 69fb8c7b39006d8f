package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.Addresses;
import io.portero.policy.PortRange;
import io.portero.trace.Wanted;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTableTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private static Wanted wanted(String from, String to) {
        try {
            return new Wanted(Addresses.range(from), Wanted.Kind.parse(to), Duration.ofSeconds(30), 5);
        } catch (PortRange.NotAPort e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void belongsToItsProcessAndLimitsTimeAndNumber() {
        assertThat(TraceTable.of(4711).making(wanted("192.0.2.7", "5060/udp"), NOW))
                .startsWith("add table inet portero_trace_4711 { flags owner; };")
                .contains("hook prerouting priority -399; policy accept;")
                .contains("meta time < \"2026-01-01 00:00:31\"")
                .endsWith("limit rate 1/day burst 5 packets meta nftrace set 1")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7,     5060/udp, ip saddr 192.0.2.7 udp dport 5060-5060 limit",
        "192.0.2.0/24,  ping,     ip saddr 192.0.2.0/24 icmp type echo-request limit",
        "2001:db8::/32, ping,     ip6 saddr 2001:db8::/32 icmpv6 type echo-request limit",
        "2001:db8::7,   icmp,     ip6 saddr 2001:db8::7 meta l4proto 58 limit",
        "192.0.2.7,     esp,      ip saddr 192.0.2.7 meta l4proto 50 limit"
    })
    void matchesWhatIsWanted(String from, String to, String match) {
        assertThat(TraceTable.of(1).making(wanted(from, to), NOW)).contains(match);
    }

    @Test
    void isRecognisedOnlyByItsName() {
        assertThat(TraceTable.isNamed("inet", "portero_trace_1")).isTrue();
        assertThat(TraceTable.isNamed("ip", "portero_trace_1")).isFalse();
        assertThat(TraceTable.isNamed("inet portero")).isFalse();
        assertThat(TraceTable.of(7).isListedBy("table inet portero_trace_7 {")).isTrue();
        assertThat(TraceTable.of(7).isListedBy("table inet portero_trace_77 {")).isFalse();
    }
}
