package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.compile.VerdictMap.Interval;
import io.portero.plan.Snapshot.ActualMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MapJsonTest {
    private static ActualMap read(String elements) {
        try {
            return MapJson.map(new ObjectMapper().readTree("""
                    {"name": "dispatch_udp", "type": "inet_service", "map": "verdict", "flags": ["interval"], "elem": [%s]}
                    """.formatted(elements)));
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void readsPortsRangesAndRangesListedAsPrefixes() {
        var map = read("""
                [5060, {"goto": {"target": "service_sip"}}],
                [{"range": [20000, 30000]}, {"goto": {"target": "service_webrtc"}}],
                [{"prefix": {"addr": 32768, "len": 1}}, {"goto": {"target": "service_rtp"}}]""");
        assertThat(map.legible()).isTrue();
        assertThat(map.targets())
                .isEqualTo(Map.of(
                        new Interval(5060, 5060), "service_sip",
                        new Interval(20000, 30000), "service_webrtc",
                        new Interval(32768, 65535), "service_rtp"));
    }

    @Test
    void knowsProtocolsByTheirNames() {
        assertThat(read("""
                ["ipv6-icmp", {"goto": {"target": "necessary_icmpv6"}}], ["esp", {"goto": {"target": "service_vpn"}}]""").targets().keySet()).containsExactly(new Interval(50, 50), new Interval(58, 58));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[22, {\"accept\": null}]",
                "[22, {\"jump\": {\"target\": \"service_ssh\"}}]",
                "[\"a name\", {\"goto\": {\"target\": \"service_ssh\"}}]"
            })
    void isIllegibleWhereItHoldsWhatNoMapOfOursDoes(String element) {
        assertThat(read(element).legible()).isFalse();
    }
}
