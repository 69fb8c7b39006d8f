package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.cli.Tools.Terminal.Size;
import org.junit.jupiter.api.Test;

class PictureTest {
    private static final String GREEN = "\u001b[32;1m";
    private static final String PLAIN = "\u001b[0m";

    /** The text that a terminal shows in the end, without escape sequences. */
    private static String shown(String text, int columns, int rows) {
        return Picture.of(text, new Size(columns, rows))
                .replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "")
                .replace("\r", "");
    }

    @Test
    void overwritesEachLineAndClearsItsRest() {
        assertThat(Picture.of("one\ntwo\n", new Size(80, 24)))
                .contains("one\u001b[K\r\ntwo\u001b[K\u001b[J")
                .doesNotContain("\u001b[2J"); // an empty screen in between would flicker
    }

    @Test
    void cutsLongLinesWithoutCountingColours() {
        assertThat(shown("abcdef\nab\n", 4, 9)).isEqualTo("abcd\nab");
        assertThat(Picture.of(GREEN + "abcdef" + PLAIN + "ghi", new Size(4, 9)))
                .contains(GREEN + "abcd" + PLAIN + "\u001b[K");
        assertThat(Picture.of(GREEN + "ab" + PLAIN + "ghi", new Size(4, 9))).contains(GREEN + "ab" + PLAIN + "gh");
    }

    @Test
    void theLastLineSaysHowManyLinesAreLeftOut() {
        assertThat(shown("1\n2\n3\n4\n", 80, 4)).isEqualTo("1\n2\n3\n4");
        assertThat(shown("1\n2\n3\n4\n5\n", 80, 4)).isEqualTo("1\n2\n3\n... 2 more lines; make the window taller");
        assertThat(shown("1\n2\n", 80, 1)).isEqualTo("... 2 more lines; make the window taller");
    }
}
