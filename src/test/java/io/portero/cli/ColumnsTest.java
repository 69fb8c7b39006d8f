package io.portero.cli;

import static io.portero.cli.Columns.cut;
import static io.portero.cli.Columns.right;
import static io.portero.cli.Columns.whole;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ColumnsTest {
    @Test
    void alignsToTheLeftAndToTheRight() {
        assertThat(Columns.of(cut(5), right(4), whole(3)).row("a", "12", "x")).isEqualTo("a       12 x");
    }

    @Test
    void cutsLongCellsWithAMarkIfAllowed() {
        assertThat(Columns.of(cut(6), whole(6)).row("abcdefg", "abcdefg")).isEqualTo("abc... abcdefg");
        assertThat(Columns.of(cut(6), cut(6)).row("abcdef", "abcdef")).isEqualTo("abcdef abcdef");
    }

    @Test
    void leavesNoSpacesAtTheEndOfALine() {
        assertThat(Columns.of(cut(5), cut(5)).row("a", "")).isEqualTo("a");
    }
}
