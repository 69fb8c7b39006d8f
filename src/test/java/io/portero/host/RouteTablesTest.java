package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RouteTablesTest {
    /** Output of kernel 6.18 for routes that ip(8) has created in a namespace. */
    private static final List<String> ROUTE = List.of(
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
            "br-ext\t00000000\t017100CB\t0003\t0\t0\t0\t00000000\t0\t0\t0",
            "tun0\t00000080\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0",
            "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0",
            "eth1\t006433C6\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0");

    private static final String NOBODY = "00000000000000000000000000000000";
    private static final List<String> ROUTE6 = List.of(
            NOBODY + " 00 " + NOBODY + " 00 fd000000000000000000000000000001 00000400 00000002 00000000 00000003 eth0",
            "20000000000000000000000000000000 03 " + NOBODY + " 00 " + NOBODY
                    + " 00000400 00000002 00000000 00000001 he",
            "fe800000000000000000000000000000 40 " + NOBODY + " 00 " + NOBODY
                    + " 00000100 00000002 00000000 00000001 eth2",
            NOBODY + " 00 " + NOBODY + " 00 " + NOBODY + " ffffffff 00000001 00000000 00200200       lo");

    private static List<String> words(List<io.portero.policy.Surroundings.DefaultRoute> routes) {
        return routes.stream()
                .map(r -> r.via() + " "
                        + r.gateway().map(Object::toString).orElse("-")
                        + r.source().map(s -> " from " + s).orElse(""))
                .toList();
    }

    @Test
    void readsDefaultRoutesAndTheirEquivalentsInProc() {
        assertThat(words(RouteTables.ofProc(ROUTE, ROUTE6)))
                .containsExactly("br-ext 203.0.113.1", "tun0 -", "eth0 fd00::1", "he -");
        assertThat(RouteTables.ofProc(List.of("", "x"), List.of("", "y z"))).isEmpty();
    }

    @Test
    void readsTheOutputOfIpForAllTables() {
        var printed = """
                [{"dst":"default","gateway":"198.51.100.1","dev":"eth1","table":"10","flags":[]},
                 {"dst":"default","table":"11","flags":[],"nexthops":[{"gateway":"198.51.100.1","dev":"eth1","weight":1},
                   {"via":{"family":"inet6","host":"fe80::1"},"dev":"br-ext","weight":1,"flags":[]}]},
                 {"type":"unreachable","dst":"default","table":"12","flags":[]},
                 {"dst":"default","gateway":"203.0.113.1","dev":"br-ext","prefsrc":"203.0.113.80","flags":[]}]
                """;
        assertThat(words(RouteTables.ofIp(printed)))
                .containsExactly(
                        "eth1 198.51.100.1",
                        "eth1 198.51.100.1",
                        "br-ext fe80::1",
                        "br-ext 203.0.113.1 from 203.0.113.80");
        assertThat(RouteTables.ofIp("Object \"route\" is unknown")).isEmpty();
        assertThat(RouteTables.ofIp("")).isEmpty();
    }
}
