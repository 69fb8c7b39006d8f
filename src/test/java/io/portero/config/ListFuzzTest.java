package io.portero.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.portero.FuzzSeeds;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text as a list gives addresses, or a refusal in words. */
class ListFuzzTest {
    private static final int MOST_PROBLEMS = 42;

    static Stream<Named<byte[]>> lists() {
        return Stream.concat(
                FuzzSeeds.of("lists", ".txt", ".netset"),
                Stream.of(
                        FuzzSeeds.text(
                                "of Windows", "\uFEFF192.0.2.1\r\n192.0.2.3 - 192.0.2.9 ; x\r\n2001:db8::/32 # y\n"),
                        FuzzSeeds.text("mapped", "::ffff:10.0.0.0/104\n")));
    }

    @MethodSource("lists")
    @FuzzTest
    void anyTextIsAddressesOrProblemsInWords(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        var reading = ListReading.of("list.txt", text);
        assertThat(reading.problems()).hasSizeLessThanOrEqualTo(MOST_PROBLEMS);
        reading.problems().forEach(p -> SentenceOf.check(p, text));
        if (reading.error().isEmpty()) {
            var again =
                    reading.members().ranges().stream().map(Object::toString).collect(Collectors.joining("\n"));
            if (!reading.members().isEverything()) {
                assertThat(ListReading.of("again", again).members()).isEqualTo(reading.members());
            }
        }
    }
}
