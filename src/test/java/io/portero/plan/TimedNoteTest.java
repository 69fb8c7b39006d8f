package io.portero.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TimedNoteTest {
    @Test
    void keepsTextThatNftPreserves() {
        assertThat(TimedNote.of("portero ban by jail/sshd: 3 of 5; {#}"))
                .isEqualTo("portero ban by jail/sshd: 3 of 5; {#}");
        assertThat(TimedNote.of("prüfung 東京")).isEqualTo("prüfung 東京");
        assertThat(TimedNote.of("x".repeat(128))).hasSize(128);
    }

    @Test
    void replacesCharactersThatNftCannotRead() {
        assertThat(TimedNote.of("a\"b\\c\nd\te\u2028\u0000")).isEqualTo("a?b?c?d?e??");
        assertThat(TimedNote.of("\ud800x")).isEqualTo("?x");
    }

    @Test
    void cutsBetweenCharacters() {
        assertThat(TimedNote.of("é".repeat(100))).isEqualTo("é".repeat(64));
        assertThat(TimedNote.of("x" + "é".repeat(100)).getBytes(StandardCharsets.UTF_8))
                .hasSize(127);
    }
}
