package io.portero;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * README and docs/ are plain English: their Flesch reading ease, as {@code scripts/reading-ease} prints it, is above
 * 60.
 */
class ReadingEaseTest {
    private static final double PLAIN = 60;
    private static final Pattern WORD = Pattern.compile("[A-Za-z][A-Za-z']*");
    private static final Pattern VOWELS = Pattern.compile("[aeiouy]+");
    private static final Pattern SILENT = Pattern.compile("([^aeiouyl]es?|[^aeiouytd]ed|[^aeiouy]ely)$");

    static Stream<Path> pages() {
        return Stream.concat(DocsTest.pages(), Stream.of(Path.of("CONTRIBUTING.md"), Path.of("SECURITY.md")));
    }

    @ParameterizedTest
    @MethodSource("pages")
    void isPlainEnglish(Path page) throws IOException {
        assertThat(ease(Files.readString(page))).isGreaterThan(PLAIN);
    }

    @Test
    void knowsALongSentenceOfLongWordsFromAShortOne() {
        assertThat(ease("The old rules stay. You can log in.")).isGreaterThan(90);
        assertThat(ease("Administrators necessarily anticipate considerable organisational "
                        + "interdependencies whenever infrastructural modifications materialise."))
                .isLessThan(0);
    }

    private static double ease(String text) {
        var sentences = sentences(prose(text));
        var words = sentences.stream().flatMap(List::stream).toList();
        double syllables = words.stream().mapToInt(ReadingEaseTest::syllables).sum();
        return 206.835 - 1.015 * words.size() / sentences.size() - 84.6 * syllables / words.size();
    }

    /** Removes code, tables, headings and words in backquotes, because they are not sentences. */
    private static String prose(String markdown) {
        return markdown.replaceAll("(?ms)^ *```.*?^ *```$", "")
                .replaceAll("(?s)<!--.*?-->|<[^>]+>", "")
                .replaceAll("(?m)^(\\||#|\\[!).*$", "")
                .replaceAll("(?m)^\\s*([-*]|\\d+\\.) +", "\n\n")
                .replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
                .replaceAll("`[^`]*`", "x");
    }

    private static List<List<String>> sentences(String prose) {
        var sentences = new ArrayList<List<String>>();
        for (var paragraph : prose.split("\\n\\s*\\n")) {
            for (var sentence : paragraph.strip().split("(?<=[.!?])\\s+")) {
                var words = WORD.matcher(sentence).results().map(m -> m.group()).toList();
                if (!words.isEmpty()) {
                    sentences.add(words);
                }
            }
        }
        return sentences;
    }

    private static int syllables(String word) {
        var lower = word.toLowerCase(Locale.ROOT);
        int count = (int) VOWELS.matcher(lower).results().count();
        boolean silent = SILENT.matcher(lower).find() && !lower.matches(".*[^aeiouy]les?");
        return Math.max(1, silent && count > 1 ? count - 1 : count);
    }
}
