package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LineDiffTest {
    @Test
    void isEmptyForEqualTexts() {
        assertThat(LineDiff.of("a\nb\n", "a\nb\n")).isEmpty();
    }

    @Test
    void showsRemovedAndAddedLinesWithSomeEqualLinesAroundThem() {
        assertThat(LineDiff.of("1\n2\n3\nold\n4\n5\n6\n", "1\n2\n3\nnew\n4\n5\n6\n"))
                .containsExactly("  2", "  3", "- old", "+ new", "  4", "  5");
    }

    @Test
    void leavesOutEqualLinesBetweenTwoChanges() {
        assertThat(LineDiff.of("a\n1\n2\n3\n4\n5\n6\nb\n", "A\n1\n2\n3\n4\n5\n6\nb\nc\n"))
                .containsExactly("- a", "+ A", "  1", "  2", "...", "  6", "  b", "+ c");
    }

    @Test
    void endsQuicklyForLargeDifferentTexts() {
        var before = IntStream.range(0, 5_000).mapToObj(i -> "a" + i).collect(Collectors.joining("\n"));
        var after = IntStream.range(0, 5_000).mapToObj(i -> "b" + i).collect(Collectors.joining("\n"));
        assertThat(LineDiff.of(before, after))
                .hasSize(10_000)
                .startsWith("- a0")
                .endsWith("+ b4999");
    }
}
