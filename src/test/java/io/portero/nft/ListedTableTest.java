package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.compile.PolicyCompiler;
import org.junit.jupiter.api.Test;

class ListedTableTest {
    private static final String BANNED =
            PolicyCompiler.bannedLookUps().getFirst().comment();
    private static final String LISTING = """
            table inet portero { # progname nft
            	flags owner,persist
            	comment "ours {"

            	counter dropped_banned {
            		packets 7 bytes 700
            	}

            	set banned_v4 {
            		type ipv4_addr
            		flags timeout
            		elements = { 192.0.2.66 timeout 1h expires 59m }
            	}

            	set itsp_v4 {
            		type ipv4_addr
            		flags interval
            		elements = { 198.51.100.64/27,
            			     203.0.113.0/24 }
            	}

            	chain not_ours {
            		meta iifkind "bridge" accept comment "judged at hook input 0dbb91ac"
            	}

            	chain prerouting {
            		type filter hook prerouting priority dstnat - 10; policy accept;
            		ip saddr @banned_v4 goto drop_banned comment "%s"
            		drop comment "no service 1234abcd"
            	}
            }
            """.formatted(BANNED);

    private final ListedTable table = ListedTable.parse(LISTING);

    @Test
    void parsesAListing() {
        assertThat(table.blocks().stream().map(ListedTable.Block::head))
                .containsExactly(
                        "counter dropped_banned {",
                        "set banned_v4 {",
                        "set itsp_v4 {",
                        "chain not_ours {",
                        "chain prerouting {");
        assertThat(table.isInForce()).isTrue();
        assertThat(ListedTable.parse("").isInForce()).isFalse();
    }

    @Test
    void onlyAChainWithAHookIsABaseChain() {
        assertThat(table.blocks().stream().filter(ListedTable.Block::isHooked).map(ListedTable.Block::head))
                .containsExactly("chain prerouting {"); // a comment may contain the word hook
    }

    @Test
    void convertsRulesToTheOtherForm() {
        var sealed = table.block("inet portero", TableForm.SEALED, TableForm.SEALED, ListedTable.Block::isHooked);
        assertThat(sealed)
                .startsWith("table inet portero {\n\tflags owner, persist;\n\tchain prerouting {\n")
                .contains("meta priority and 0x20000000 != 0 goto drop_banned")
                .contains("\t\tdrop comment \"no service 1234abcd\"\n")
                .doesNotContain("@banned_v4");
        var back = ListedTable.parse(sealed)
                .block("inet portero", TableForm.PLAIN, TableForm.PLAIN, ListedTable.Block::isHooked);
        assertThat(back).doesNotContain("flags").contains("ip saddr @banned_v4 goto drop_banned comment \"" + BANNED);
    }

    @Test
    void keepsMembersOverSeveralLines() {
        assertThat(table.objects(TableForm.PLAIN, b -> b.head().startsWith("set itsp")))
                .contains("198.51.100.64/27,\n")
                .contains("203.0.113.0/24 }\n");
        assertThat(ListedTable.banSets(table)).contains("expires 59m").doesNotContain("itsp");
    }
}
