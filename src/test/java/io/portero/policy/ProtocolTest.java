package io.portero.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ProtocolTest {
    @Test
    void aNumberAndANameAreTheSameProtocol() throws PortRange.NotAPort {
        assertThat(PortRange.parse("protocol:41"))
                .isEqualTo(PortRange.parse("sit"))
                .hasToString("sit");
        assertThat(PortRange.parse("protocol:2")).hasToString("igmp");
        assertThat(PortRange.parse("protocol:099")).hasToString("protocol:99");
        assertThat(PortRange.parse("protocol:99").protocol())
                .isSameAs(Protocol.of(99).orElseThrow());
    }

    @Test
    void everyNumberExceptIcmpIsAProtocolThatParsesItsOwnName() throws PortRange.NotAPort {
        for (int number = 0; number <= 255; number++) {
            if (number == 1 || number == 58) {
                assertThat(Protocol.of(number)).isEmpty();
                continue;
            }
            var protocol = Protocol.of(number).orElseThrow();
            assertThat(protocol.number()).isEqualTo(number);
            if (!protocol.hasPorts()) {
                assertThat(PortRange.parse(protocol.word()).protocol()).isSameAs(protocol);
            }
        }
        assertThat(Protocol.of(-1)).isEmpty();
        assertThat(Protocol.of(256)).isEmpty();
    }

    @Test
    void differentProtocolsNeverCompareAsEqual() {
        var all = IntStream.rangeClosed(0, 255)
                .mapToObj(Protocol::of)
                .flatMap(java.util.Optional::stream)
                .sorted()
                .toList();
        assertThat(all).startsWith(Protocol.TCP, Protocol.UDP, Protocol.SCTP).doesNotHaveDuplicates();
        for (int i = 1; i < all.size(); i++) {
            assertThat(all.get(i - 1)).isLessThan(all.get(i));
        }
    }
}
