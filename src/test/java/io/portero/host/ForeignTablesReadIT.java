package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.doctor.ForeignBaseChain;
import io.portero.doctor.ForeignBaseChain.Maker;
import io.portero.doctor.HostState.SipHelper;
import io.portero.doctor.HostState.Tables;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import io.portero.nft.KernelNamespace;
import io.portero.nft.NewerNft;
import io.portero.policy.PortRange;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The listings of nft and iptables for tables that really exist in a kernel. */
class ForeignTablesReadIT {
    private final KernelNamespace kernel = KernelNamespace.create();

    @AfterEach
    void close() {
        kernel.close();
    }

    private Tables read() {
        return new ForeignTables(kernel, () -> "nft").read();
    }

    private static List<String> ports(ForeignBaseChain chain) {
        return chain.accepted().stream().map(PortRange::toString).toList();
    }

    @Test
    void readsThePortsThatATableWithDefaultDropAccepts() {
        kernel.nft("""
                table inet filter {
                    set open { type inet_service; flags interval; elements = { 7000-7010 } }
                    chain input {
                        type filter hook input priority filter; policy drop;
                        ct state vmap { established : accept, related : accept, invalid : drop }
                        ct state established,related accept
                        iif lo accept
                        icmp type echo-request accept
                        meta l4proto ipv6-icmp accept
                        tcp dport { 22, 8000-8010 } accept
                        jump more
                    }
                    chain more {
                        udp dport 5060 accept
                        th dport 53 accept
                        tcp dport vmap { 443 : accept, 444 : drop }
                    }
                }
                table inet open { chain input { type filter hook input priority 10; policy accept; tcp dport 1 drop; }; }
                table inet portero { chain input { type filter hook input priority 0; policy drop; }; }
                """);

        assertThat(read().dropping()).singleElement().satisfies(chain -> {
            assertThat(chain.table()).isEqualTo("filter");
            assertThat(chain.maker()).isEqualTo(Maker.NFT);
            assertThat(chain.acceptsAll()).isFalse();
            assertThat(ports(chain))
                    .containsExactly("22/tcp", "53/tcp", "443/tcp", "8000-8010/tcp", "53/udp", "5060/udp");
        });
    }

    @Test
    void aLastRuleThatDropsCountsLikeAPolicyAndARuleForEverybodyOpensIt() {
        kernel.nft("""
                table inet firewalld {
                    chain filter_INPUT {
                        type filter hook input priority filter + 10; policy accept;
                        tcp dport @numbers accept
                        reject with icmpx admin-prohibited
                    }
                    set numbers { type inet_service; }
                }
                table inet guarded {
                    chain input {
                        type filter hook input priority filter; policy drop;
                        ip saddr 192.0.2.0/24 accept
                    }
                }
                """);

        var chains = read().dropping();
        assertThat(chains).hasSize(2);
        assertThat(chains).anySatisfy(c -> {
            assertThat(c.maker()).isEqualTo(Maker.FIREWALLD);
            assertThat(c.priority()).isEqualTo(10);
            assertThat(ports(c)).as("a set may hold any port").containsExactly("1-65535/tcp");
        });
        assertThat(chains).anySatisfy(c -> assertThat(c.acceptsAll()).isTrue());
    }

    @Test
    void findsTheSipHelperOfNft() {
        kernel.nft("""
                table inet voice {
                    ct helper sip-udp { type "sip" protocol udp; }
                    chain pre { type filter hook prerouting priority 0; udp dport 5060 ct helper set "sip-udp"; }
                }
                """);
        assertThat(read().sipHelpers()).containsExactly(new SipHelper("table inet voice", false));
    }

    @Test
    void readsTheRulesOfIptables() {
        Assumptions.assumeTrue(
                kernel.run(Command.of(Duration.ofSeconds(5), "iptables", "-V")) instanceof CommandResult.Completed done
                        && done.succeeded(),
                "no iptables here");
        for (var rule : List.of(
                "-P INPUT DROP",
                "-N ufw-user-input",
                "-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                "-A INPUT -i lo -j ACCEPT",
                "-A INPUT -p icmp -j ACCEPT",
                "-A INPUT -j ufw-user-input",
                "-A ufw-user-input -p udp --dport 20000:30000 -j ACCEPT",
                "-A ufw-user-input -p tcp -m multiport --dports 22,443 -j ACCEPT",
                "-t raw -A PREROUTING -p udp --dport 5060 -j CT --helper sip")) {
            kernel.output(("iptables -w " + rule).split(" "));
        }

        var tables = read();
        assertThat(tables.dropping()).singleElement().satisfies(chain -> {
            assertThat(chain.maker()).isEqualTo(Maker.UFW);
            assertThat(chain.hook()).isEqualTo("input");
            assertThat(chain.acceptsAll()).isFalse();
            assertThat(ports(chain)).containsExactly("22/tcp", "443/tcp", "20000-30000/udp");
        });
        assertThat(tables.sipHelpers()).containsExactly(new SipHelper("iptables, table raw, chain PREROUTING", true));
    }

    @Test
    void rulesOfIptablesAreReportedOnceAlthoughNftAlsoListsThem() {
        kernel.nft("""
                table ip filter {
                    chain INPUT { type filter hook input priority filter; policy drop; udp dport 5060 counter accept; }
                }
                """);
        assertThat(read().dropping())
                .singleElement()
                .satisfies(c -> assertThat(ports(c)).containsExactly("5060/udp"));
    }

    @Test
    void readsTheUsualTablesEvenIfNftCrashesBecauseOfASet() {
        kernel.nft(
                "table inet filter { chain input { type filter hook input priority 0; policy drop; tcp dport 22 accept; }; }");
        var script = "table inet container { set s { type ipv4_addr; elements = { 192.0.2.200 } } }";
        kernel.run(new Command(List.of(NewerNft.find().toString(), "-f", "-"), script, Duration.ofSeconds(30)));

        var foreign = new ForeignTables(kernel, () -> "nft");
        var tables = foreign.read();
        assertThat(tables.dropping())
                .singleElement()
                .satisfies(c -> assertThat(ports(c)).containsExactly("22/tcp"));
        var dies = kernel.run(Command.of(Duration.ofSeconds(10), "nft", "list", "ruleset"))
                        instanceof CommandResult.Completed done
                && done.signal().isPresent();
        assertThat(tables.death().isPresent()).isEqualTo(dies);
        assertThat(foreign.unseen().isEmpty()).isEqualTo(!dies);
    }

    @Test
    void withoutNftItReportsWhatItCouldNotRead() {
        var foreign = new ForeignTables(new ProcessRunner(), () -> "/no/such/nft");
        foreign.read();
        assertThat(foreign.unseen()).singleElement().asString().contains("install the package nftables");
    }
}
