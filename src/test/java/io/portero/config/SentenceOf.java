package io.portero.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.Problem;

/** The requirements for each problem that is reported about a text. */
final class SentenceOf {
    private static final int LONGEST = 1000;

    private SentenceOf() {}

    /** Checks that it is one line, safe for a terminal, with an existing line number. */
    static void check(Problem problem, String text) {
        assertThat(problem.sentence()).isNotBlank();
        assertThat(problem.toString()).hasSizeLessThan(LONGEST).doesNotContainPattern("\\p{Cntrl}");
        assertThat((long) problem.line())
                .isBetween(0L, text.codePoints().filter(SentenceOf::endsALine).count() + 1);
    }

    /** YAML 1.1 has several line breaks (section 4.2). */
    private static boolean endsALine(int c) {
        return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
    }
}
