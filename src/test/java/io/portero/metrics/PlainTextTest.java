package io.portero.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PlainTextTest {
    @Test
    void sortsFamiliesAndSeriesAndLeavesNoTrailingComma() {
        var scraped = """
                # HELP b_total Second.
                # TYPE b_total counter
                b_total{x="2",} 1.0
                b_total{x="1",y="a,}",} 3.0
                # HELP a First {x,} of all.
                # TYPE a gauge
                a 7.0
                """;
        assertThat(PlainText.of(scraped)).isEqualTo("""
                        # HELP a First {x,} of all.
                        # TYPE a gauge
                        a 7.0
                        # HELP b_total Second.
                        # TYPE b_total counter
                        b_total{x="1",y="a,}"} 3.0
                        b_total{x="2"} 1.0
                        """);
    }
}
