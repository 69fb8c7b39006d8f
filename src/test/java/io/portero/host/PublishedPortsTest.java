package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.exec.CommandResult;
import io.portero.exposure.Listener.Published;
import java.time.Duration;
import java.util.ArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PublishedPortsTest {
    private static final String ALL = "0.0.0.0/0";

    private static Stream<String> iptables(String line) {
        return new IptablesNat(ALL).parse(Stream.of(line)).stream().map(PublishedPortsTest::words);
    }

    private static Stream<String> nft(String family, String expression) throws Exception {
        var json = new ObjectMapper();
        var listing = json.readTree("""
                {"nftables": [{"metainfo": {}}, {"table": {"name": "t"}},
                  {"rule": {"family": "%s", "table": "t", "chain": "c", "expr": [%s]}}]}
                """.formatted(family, expression));
        var map = json.readTree("[[70, \"10.0.0.1\"], [71, {\"concat\": [\"10.0.0.2\", 80]}]]");
        return new NftNat(name -> map).parse(listing).stream().map(PublishedPortsTest::words);
    }

    private static String words(Published published) {
        return published.ports() + " at " + published.address() + " to " + published.to();
    }

    @Test
    void readsDockersRulesInIptables() {
        assertThat(iptables("-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8081 -j DNAT --to-destination 172.17.0.2:80"))
                .containsExactly("8081/tcp at 0.0.0.0/0 to 172.17.0.2:80");
        assertThat(iptables("-A DOCKER -d 127.0.0.1/32 ! -i docker0 -p udp -m udp --dport 53 -j DNAT --to-destination"
                        + " 172.17.0.2:53"))
                .containsExactly("53/udp at 127.0.0.1 to 172.17.0.2:53");
    }

    @Test
    void readsListsAndRangesOfPorts() {
        assertThat(iptables("-A PREROUTING -p tcp -m multiport --dports 25,600:610 -j REDIRECT --to-ports 80"))
                .containsExactly("25/tcp at 0.0.0.0/0 to this host:80", "600-610/tcp at 0.0.0.0/0 to this host:80");
        assertThat(iptables("-A PREROUTING -d 192.0.2.1/32 -j DNAT --to-destination 10.0.0.9"))
                .containsExactly("1-65535/tcp at 192.0.2.1 to 10.0.0.9", "1-65535/udp at 192.0.2.1 to 10.0.0.9");
    }

    @Test
    void skipsRulesWithoutDestinationNat() {
        assertThat(iptables("-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE"))
                .isEmpty();
        assertThat(iptables("-A DOCKER -p icmp -j DNAT --to-destination 172.17.0.2"))
                .isEmpty();
        assertThat(iptables("-A DOCKER -p tcp --dport x -j DNAT --to-destination 172.17.0.2"))
                .isEmpty();
        assertThat(iptables(":DOCKER - [0:0]")).isEmpty();
    }

    @Test
    void readsTheRulesOfNetavarkAndDockerInNft() throws Exception {
        assertThat(nft("inet", """
                {"match":{"op":"==","left":{"fib":{"result":"type","flags":["daddr"]}},"right":"local"}},
                {"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":99}},
                {"counter":{"packets":0,"bytes":0}},{"dnat":{"family":"ip","addr":"172.17.0.2","port":80}}
                """)).containsExactly("99/tcp at 0.0.0.0/0 to 172.17.0.2:80");
        assertThat(nft("inet", """
                {"match":{"op":"==","left":{"payload":{"protocol":"ip6","field":"daddr"}},"right":"2001:db8::1"}},
                {"match":{"op":"==","left":{"payload":{"protocol":"udp","field":"dport"}},"right":{"range":[100,200]}}},
                {"dnat":{"family":"ip6","addr":"fd00::2","port":80}}
                """)).containsExactly("100-200/udp at 2001:db8::1 to [fd00::2]:80");
    }

    @Test
    void readsSetsAndMapsOfNft() throws Exception {
        assertThat(nft("ip", """
                {"match":{"op":"==","left":{"meta":{"key":"l4proto"}},"right":{"set":["tcp","udp"]}}},
                {"match":{"op":"==","left":{"payload":{"protocol":"th","field":"dport"}},"right":{"set":[53,{"range":[90,95]}]}}},
                {"redirect":{"port":80}}
                """))
                .containsExactly(
                        "53/tcp at 0.0.0.0/0 to this host:80",
                        "90-95/tcp at 0.0.0.0/0 to this host:80",
                        "53/udp at 0.0.0.0/0 to this host:80",
                        "90-95/udp at 0.0.0.0/0 to this host:80");
        assertThat(nft("ip", """
                {"dnat":{"family":"ip","addr":{"map":{"key":{"payload":{"protocol":"tcp","field":"dport"}},"data":"@m"}}}}
                """))
                .containsExactly("70/tcp at 0.0.0.0/0 to 10.0.0.1", "71/tcp at 0.0.0.0/0 to 10.0.0.2:80");
    }

    @Test
    void runsTheConfiguredNftAndContinuesWhenItCrashes() {
        var asked = new ArrayList<String>();
        var ports = new PublishedPorts(
                command -> {
                    asked.add(command.program());
                    return new CommandResult.Completed(139, "", "", Duration.ZERO);
                },
                () -> "/opt/nft");
        assertThat(ports.all()).isEmpty();
        assertThat(asked).contains("/opt/nft").doesNotContain("nft");
    }

    @Test
    void skipsRulesOfIptablesThatNftCannotShow() throws Exception {
        assertThat(nft("ip", """
                {"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":8081}},
                {"xt":{"type":"target","name":"DNAT"}}
                """)).isEmpty();
    }
}
