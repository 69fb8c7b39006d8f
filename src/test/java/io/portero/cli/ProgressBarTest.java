package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
    private final StringWriter errors = new StringWriter();

    private void half(boolean terminal) {
        try (var bar = new ProgressBar(new PrintWriter(errors), terminal)) {
            bar.show(1, 2, "hosts");
        }
    }

    @Test
    void growsOnATerminalAndIsRemovedAtTheEnd() {
        half(true);
        assertThat(errors.toString())
                .startsWith("\r[############............] 1 of 2 hosts")
                .endsWith("\r" + " ".repeat(39) + "\r");
    }

    @Test
    void showsNothingWithoutATerminal() {
        half(false);
        assertThat(errors.toString()).isEmpty();
    }
}
