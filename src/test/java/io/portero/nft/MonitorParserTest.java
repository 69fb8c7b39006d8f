package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.drift.ForeignChange.Touched;
import io.portero.nft.MonitorParser.Said;
import java.util.List;
import org.junit.jupiter.api.Test;

class MonitorParserTest {
    private final MonitorParser parser = new MonitorParser();

    private Said read(String lines) {
        return lines.lines().map(parser::read).toList().getLast();
    }

    private Generation generation(String lines) {
        return ((Said.Ended) read(lines)).generation();
    }

    @Test
    void readsTheProcessAndTheChangedObjects() {
        var generation = generation("""
                insert rule inet portero prerouting accept
                delete element inet portero itsp_v4 { 10.0.0.0/8 }
                add element ip other q { 9.9.9.9 }
                # new generation 3 by process 17846 (nft)""");
        assertThat(generation.pid()).isEqualTo(17846);
        assertThat(generation.program()).isEqualTo("nft");
        assertThat(generation.touched())
                .containsExactlyInAnyOrder(new Touched("rule", "prerouting"), new Touched("element", "itsp_v4"));
        assertThat(generation.ours())
                .containsExactly(
                        "insert rule inet portero prerouting accept",
                        "delete element inet portero itsp_v4 { 10.0.0.0/8 }");
        assertThat(generation.tableGone()).isFalse();
    }

    @Test
    void aTraceAndItsTableAreNotChanges() {
        assertThat(read("trace id 38bcf782 ip filter INPUT policy accept ")).isInstanceOf(Said.More.class);
        assertThat(read("trace id 38bcf782 inet portero input rule accept (verdict accept)"))
                .isInstanceOf(Said.More.class);
        assertThat(read("add chain inet portero_trace_7 prerouting"
                        + " { type filter hook prerouting priority -399; policy accept; }"))
                .isInstanceOf(Said.More.class);
        assertThat(generation("# new generation 4 by process 7 (nft)").touchesOurs())
                .isFalse();
    }

    @Test
    void noticesADeletedTable() {
        assertThat(generation("delete table inet portero\n# new generation 14 by process 1 (nft)")
                        .tableGone())
                .isTrue();
        assertThat(generation("""
                delete table inet portero
                add table inet portero
                # new generation 15 by process 1 (nft)""").tableGone()).isFalse();
    }

    @Test
    void membersOfAnUnknownSetMayBeOurs() {
        var generation =
                generation("W: Received event for an unknown set.\n# new generation 9 by process 14715 (fail2ban)");
        assertThat(generation.touchesOurs()).isTrue();
        assertThat(generation.blurred()).isTrue();
        assertThat(generation("add table ip t\n# new generation 10 by process 2 (nft)")
                        .touchesOurs())
                .isFalse();
    }

    @Test
    void keepsTransactionsApart() {
        read("add chain inet portero x\n# new generation 1 by process 1 (nft)");
        assertThat(generation("add table ip t\n# new generation 2 by process 2 (a (strange) name)"))
                .isEqualTo(new Generation(2, "a (strange) name", List.of(), java.util.Set.of(), false, false));
    }

    /** The output of nft 1.0.6 and 1.1.3 for a program with such a name. */
    @Test
    void readsAProcessWhoseNameHasTwoLines() {
        assertThat(generation("delete table inet portero\n# new generation 10 by process 7425 (a"))
                .isEqualTo(new Generation(
                        7425,
                        "a",
                        List.of("delete table inet portero"),
                        java.util.Set.of(new Touched("table", "")),
                        true,
                        false));
        assertThat(generation("b)\nadd table ip t\n# new generation 11 by process 2 (nft)")
                        .touchesOurs())
                .isFalse();
    }

    @Test
    void doesNotMistakeSimilarNamesForOurs() {
        assertThat(generation("""
                add table inet portero2
                add rule ip x y comment "delete table inet portero "
                delete table inet porter
                # new generation 2 by process 2 (nft)""").touchesOurs()).isFalse();
    }

    @Test
    void staysSmallForAnyNumberOfLines() {
        for (int i = 0; i < 300_000; i++) {
            parser.read("add element inet portero s" + i + " { 10.0.0.1 }");
        }
        var generation = generation("# new generation 2 by process 2 (nft)");
        assertThat(generation.ours()).hasSizeLessThan(100);
        assertThat(generation.touched()).hasSizeLessThan(1000);
    }

    @Test
    void distinguishesLostEventsFromUnknownMessages() {
        assertThat(read("# ERROR: We lost some netlink events!")).isInstanceOf(Said.Lost.class);
        assertThat(read("Error: Could not receive")).isEqualTo(new Said.Other("Error: Could not receive"));
    }
}
