package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SocketTableTest {
    private static final String HEADING =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";

    @Test
    void readsBothFamiliesAndIpv4MappedAddresses() {
        var sockets = SocketTable.parse(
                List.of(
                        HEADING,
                        "   0: 010200C0:0016 097100CB:9C40 01 00000000:00000000 02:000AC8F1 00000000     0        0 101 2 0",
                        "   1: 0000000000000000FFFF0000010200C0:0016 0000000000000000FFFF0000097100CB:9C41 01 0:0 00:0 0 0 0 102",
                        "   2: B80D0120000000000000000001000000:0016 B80D0120000000000000000002000000:9C42 06 0:0 00:0 0 0 0 103"));
        assertThat(sockets)
                .extracting(
                        s -> s.local() + " " + s.localPort() + " " + s.peer() + " " + s.peerPort() + " " + s.inode())
                .containsExactly(
                        "192.0.2.1 22 203.0.113.9 40000 101",
                        "192.0.2.1 22 203.0.113.9 40001 102",
                        "2001:db8::1 22 2001:db8::2 40002 103");
        assertThat(sockets).allMatch(SocketTable.Socket::isSession);
        assertThat(sockets.getLast().isEstablished()).isFalse();
    }

    @Test
    void skipsLinesThatAreNotSockets() {
        assertThat(SocketTable.parse(List.of(HEADING, "", "   0: 010200C0:0016", "nonsense")))
                .isEmpty();
    }

    @Test
    void anIncompleteHandshakeIsNotASession() {
        for (var state : List.of("02", "03", "0A", "0C")) {
            var sockets = SocketTable.parse(List.of("0: 010200C0:0016 097100CB:9C40 " + state + " 0:0 00:0 0 0 0 101"));
            assertThat(sockets).singleElement().matches(s -> !s.isSession());
        }
    }
}
