package io.portero.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.Problem;

/** What is demanded of every problem that is told of a text. */
final class SentenceOf {
    private static final int LONGEST = 1000;

    private SentenceOf() {}

    /** One line, fit for a terminal, with a place that exists. */
    static void check(Problem problem, String text) {
        assertThat(problem.sentence()).isNotBlank();
        assertThat(problem.toString()).hasSizeLessThan(LONGEST).doesNotContainPattern("\\p{Cntrl}");
        assertThat((long) problem.line())
                .isBetween(0L, text.codePoints().filter(SentenceOf::endsALine).count() + 1);
    }

    /** YAML 1.1 knows more ends of lines than one (section 4.2). */
    private static boolean endsALine(int c) {
        return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
    }
}
