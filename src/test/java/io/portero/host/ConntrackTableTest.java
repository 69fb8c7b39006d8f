package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConntrackTableTest {
    private static final String TCP =
            "tcp      6 431999 ESTABLISHED src=198.51.100.7 dst=203.0.113.80 sport=50122 dport=8080 src=172.17.0.2"
                    + " dst=198.51.100.7 sport=80 dport=50122 [ASSURED] mark=0 use=1";
    private static final String TCP6_PROC =
            "ipv6     10 tcp      6 52 SYN_RECV src=2001:0db8:0000:0000:0000:0000:0000:0007"
                    + " dst=2001:0db8:0000:0000:0000:0000:0000:0080 sport=40000 dport=22"
                    + " src=2001:0db8:0000:0000:0000:0000:0000:0080 dst=2001:0db8:0000:0000:0000:0000:0000:0007"
                    + " sport=22 dport=40000 mark=0 zone=0 use=2";
    private static final String UDP =
            "udp      17 29 src=203.0.113.9 dst=203.0.113.80 sport=5060 dport=5060 [UNREPLIED] src=203.0.113.80"
                    + " dst=203.0.113.9 sport=5060 dport=5060 mark=0 use=1";
    private static final String GRE =
            "gre      47 29 timeout=30, stream_timeout=180 src=203.0.113.9 dst=203.0.113.80 srckey=0x0 dstkey=0x0"
                    + " src=203.0.113.80 dst=203.0.113.9 srckey=0x0 dstkey=0x0 mark=0 use=1";
    private static final String UNKNOWN =
            "unknown  2 597 src=203.0.113.1 dst=224.0.0.1 [UNREPLIED] src=224.0.0.1" + " dst=203.0.113.1 mark=0 use=1";

    private static final String ICMP =
            "icmp     1 29 src=203.0.113.1 dst=203.0.113.80 type=8 code=0 id=1 src=203.0.113.80 dst=203.0.113.1 type=0"
                    + " code=0 id=1 mark=0 use=1";

    private static List<ConntrackTable.Entry> all(String... lines) {
        return ConntrackTable.parse(List.of(lines).stream(), line -> true);
    }

    @Test
    void readsTheAddressesBeforeTranslation() {
        assertThat(all(TCP)).singleElement().satisfies(e -> {
            assertThat(e.flow().from()).hasToString("198.51.100.7");
            assertThat(e.flow().to()).hasToString("203.0.113.80");
            assertThat(e.flow().port()).hasToString("8080/tcp");
            assertThat(e.sourcePort()).isEqualTo(50122);
            assertThat(e.answered()).isTrue();
            assertThat(e.established()).isTrue();
        });
    }

    @Test
    void readsTheFormatOfProcToo() {
        assertThat(all(TCP6_PROC)).singleElement().satisfies(e -> {
            assertThat(e.flow().from()).hasToString("2001:db8::7");
            assertThat(e.flow().port()).hasToString("22/tcp");
            assertThat(e.answered()).isFalse();
            assertThat(e.established()).isFalse();
        });
    }

    @Test
    void skipsUnreadableLines() {
        assertThat(all("", ICMP, "tcp 6 9 ESTABLISHED src=nonsense dst= sport=x dport=99999", "tcp"))
                .isEmpty();
    }

    @Test
    void readsFlowsWithoutPorts() {
        assertThat(all(GRE))
                .singleElement()
                .satisfies(e -> assertThat(e.flow().port()).hasToString("gre"));
        assertThat(all(UNKNOWN, "ipv4     2 unknown  41 29 src=203.0.113.1 dst=203.0.113.80 mark=0 use=1"))
                .extracting(e -> e.flow().port().toString())
                .containsExactly("igmp", "sit");
    }

    @Test
    void parsesOnlyTheWantedProtocols() {
        assertThat(ConntrackTable.parse(List.of(UDP, TCP, GRE, TCP6_PROC).stream(), ConntrackTable::isTcp))
                .extracting(e -> e.flow().port().toString())
                .containsExactly("8080/tcp", "22/tcp");
        assertThat(all(UDP))
                .singleElement()
                .satisfies(e -> assertThat(e.answered()).isFalse());
    }
}
