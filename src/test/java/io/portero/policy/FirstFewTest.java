package io.portero.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class FirstFewTest {
    @Test
    void saysHowManyMoreThereAre() {
        assertThat(FirstFew.of(List.of(1, 2, 3, 4), 2)).hasToString("1, 2 and 2 more");
        assertThat(FirstFew.of(List.of(1, 2, 3), 2)).hasToString("1, 2 and 1 more");
    }

    @Test
    void doesNotMentionMoreWhenAllAreShown() {
        assertThat(FirstFew.of(List.of("a", "b"), 2)).hasToString("a, b");
        assertThat(FirstFew.of(List.of(), 2)).hasToString("");
    }

    @Test
    void countsItemsThatItDoesNotHave() {
        assertThat(FirstFew.of(List.of("a", "b", "c"), 2, 100)).hasToString("a, b and 98 more");
        assertThat(FirstFew.of(List.of("a", "b"), 5, 100)).hasToString("a, b and 98 more");
        assertThat(FirstFew.of(List.of(), 5, 100)).hasToString("and 100 more");
    }

    @Test
    void neverCountsLessThanItShows() {
        assertThat(FirstFew.of(List.of("a", "b"), 5, 1)).hasToString("a, b");
    }
}
