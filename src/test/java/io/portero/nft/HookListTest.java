package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.drift.ForeignChain;
import io.portero.drift.ForeignChains;
import org.junit.jupiter.api.Test;

class HookListTest {
    private static final String LIST = """
            family ip {
            \thook prerouting {
            \t\t-0000000399 chain inet portero_trace_4711 prerouting [nf_tables]
            \t\t-0000000400 ipv4_conntrack_defrag [nf_defrag_ipv4]
            \t\t-0000000300 chain ip raw PREROUTING [nf_tables]
            \t\t-0000000110 chain inet portero prerouting [nf_tables]
            \t\t-0000000100 chain ip nat PREROUTING [nf_tables]
            \t}
            \thook input {
            \t\t 0000000000 chain ip filter INPUT [nf_tables]
            \t\t+0000000100 chain ip filter late [nf_tables]
            \t}
            }
            """;

    @Test
    void readsTheBaseChainsOfOthersWithTheirHookAndPriority() {
        assertThat(HookList.parse(LIST))
                .containsExactly(
                        new ForeignChain("ip", "raw", "PREROUTING", "prerouting", -300),
                        new ForeignChain("ip", "nat", "PREROUTING", "prerouting", -100),
                        new ForeignChain("ip", "filter", "INPUT", "input", 0),
                        new ForeignChain("ip", "filter", "late", "input", 100));
    }

    @Test
    void findsTheChainsBeforeOurs() {
        var foreignChains = new ForeignChains();
        foreignChains.found(HookList.parse(LIST));
        assertThat(foreignChains.beforeUs())
                .singleElement()
                .hasToString("chain ip raw PREROUTING (prerouting, priority -300)");
        assertThat(foreignChains.tables()).containsExactly("ip filter", "ip nat", "ip raw");
        foreignChains.went("ip raw PREROUTING");
        assertThat(foreignChains.beforeUs()).isEmpty();
    }

    @Test
    void readsNamedPriorities() {
        assertThat(HookSpec.parse("add chain ip t c { type filter hook prerouting priority raw; policy accept; }"))
                .contains(new HookSpec("prerouting", -300));
        assertThat(HookSpec.parse("x { type nat hook prerouting priority dstnat - 5; policy accept; }"))
                .contains(new HookSpec("prerouting", -105));
        assertThat(HookSpec.parse("x { type filter hook input priority filter + 10; policy accept; }"))
                .contains(new HookSpec("input", 10));
        assertThat(HookSpec.parse("x { type filter hook prerouting priority -450; policy accept; }"))
                .contains(new HookSpec("prerouting", -450));
        assertThat(HookSpec.parse("add chain ip t c")).isEmpty();
    }

    @Test
    void readsAnImpossiblePriorityAsTheNearestPossibleOne() {
        assertThat(HookList.parse("""
                family ip {
                	hook input {
                		-9999999999 chain ip other first [nf_tables]
                		+2147483648 chain ip other last [nf_tables]
                		99999999999 chain ip other none [nf_tables]
                	}
                }
                """))
                .extracting(ForeignChain::priority)
                .containsExactly(Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
}
