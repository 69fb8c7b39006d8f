package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.status.StatusJson;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class TerminalTextTest {
    @Test
    void breaksBetweenWordsAndIndentsTheFurtherLines() {
        var text = new TerminalText(Ansi.OFF);
        text.labelled("error", "word ".repeat(20));
        assertThat(text.toString().lines())
                .containsExactly(
                        "error      " + "word ".repeat(13) + "word", " ".repeat(11) + "word ".repeat(5) + "word");
    }

    @Test
    void doesNotBreakAPath() {
        var path = "/" + "a".repeat(100);
        var text = new TerminalText(Ansi.OFF);
        text.labelled("policy", path);
        assertThat(text).hasToString("policy     " + path + "\n");
    }

    @Test
    void coloursEachPartOfABrokenLine() {
        var text = new TerminalText(Ansi.ON);
        text.labelled(Tone.BAD, "error", "word ".repeat(20));
        text.blank();
        assertThat(text.toString().lines().limit(2))
                .allMatch(l -> l.startsWith("\033[31;1m") && l.endsWith("word\033[0m"));
        assertThat(text.toString()).endsWith("word\033[0m\n\n");
    }

    @Test
    void doesNotInterpretMarkupInTextOfOthers() {
        var text = new TerminalText(Ansi.ON);
        text.line("@|red x|@");
        text.line(Tone.WARN, "@|red x|@");
        assertThat(text).hasToString("@|red x|@\n\033[33;1m@|red x|@\033[0m\n");
    }

    @Test
    void breaksLinesEarlierOnANarrowTerminal() {
        var text = new TerminalText(Ansi.OFF, 60);
        text.labelled(
                "table", "not sealed: this nft or this kernel cannot hold a table for one owner that outlives it");
        assertThat(text.toString().lines()).hasSize(2).allMatch(line -> line.length() <= 60);
        assertThat(text.toString()).endsWith("outlives it\n");
    }

    @Test
    void aNarrowTableOfRatesShowsRefusedPacketsButNoSources() {
        var status = StatusJson.read("""
                        {"in_sync": true, "services": [{"name": "webrtc", "ports": ["20000-30000/udp"], "from": ["any"],
                        "enabled": true, "accepted": {"packets": 123456}, "refused": {"packets": 7654}}]}""").orElseThrow();
        var table = StatusReport.withRates(status, Ansi.OFF, 60);
        assertThat(table).contains("123456", "7654").doesNotContain("from");
        assertThat(table.lines()).allMatch(line -> line.length() <= 60);
        assertThat(StatusReport.withRates(status, Ansi.OFF, 200)).contains("from", "any");
    }
}
