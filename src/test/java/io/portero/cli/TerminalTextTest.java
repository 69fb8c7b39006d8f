package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class TerminalTextTest {
    @Test
    void breaksBetweenWordsAndIndentsWhatBelongsToALine() {
        var text = new TerminalText(Ansi.OFF);
        text.labelled("error", "word ".repeat(20));
        assertThat(text.toString().lines())
                .containsExactly(
                        "error      " + "word ".repeat(13) + "word", " ".repeat(11) + "word ".repeat(5) + "word");
    }

    @Test
    void breaksNoPath() {
        var path = "/" + "a".repeat(100);
        var text = new TerminalText(Ansi.OFF);
        text.labelled("policy", path);
        assertThat(text).hasToString("policy     " + path + "\n");
    }

    @Test
    void paintsEachLineOfWhatItBreaks() {
        var text = new TerminalText(Ansi.ON);
        text.labelled(Tone.BAD, "error", "word ".repeat(20));
        text.blank();
        assertThat(text.toString().lines().limit(2))
                .allMatch(l -> l.startsWith("\033[31;1m") && l.endsWith("word\033[0m"));
        assertThat(text.toString()).endsWith("word\033[0m\n\n");
    }

    @Test
    void takesNoMarkupFromWhatOthersWrote() {
        var text = new TerminalText(Ansi.ON);
        text.line("@|red x|@");
        text.line(Tone.WARN, "@|red x|@");
        assertThat(text).hasToString("@|red x|@\n\033[33;1m@|red x|@\033[0m\n");
    }
}
