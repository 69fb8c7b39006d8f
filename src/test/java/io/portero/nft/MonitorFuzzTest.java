package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.portero.FuzzSeeds;
import io.portero.nft.MonitorParser.Said;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.MethodSource;

/** Any line that nft prints is read to its end, whatever names others give to their tables, chains and programs. */
class MonitorFuzzTest {
    private static final int MOST_LINES = 20;
    private static final int MOST_TOUCHED = 201;

    static Stream<Named<byte[]>> streams() {
        return FuzzSeeds.of("nft", ".txt");
    }

    @MethodSource("streams")
    @FuzzTest
    void anyLineIsHeard(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        var parser = new MonitorParser();
        for (var line : text.split("\n", -1)) {
            if (parser.read(line) instanceof Said.Ended(Generation generation)) {
                assertThat(generation.pid()).isNotNegative();
                assertThat(generation.ours()).hasSizeLessThanOrEqualTo(MOST_LINES);
                assertThat(generation.touched()).hasSizeLessThanOrEqualTo(MOST_TOUCHED);
            }
        }
        parser.read("# new generation 8 by process 5 (x)");
        parser.read("add table ip other");
        assertThat(parser.read("# new generation 9 by process 6 (y)"))
                .isInstanceOfSatisfying(
                        Said.Ended.class,
                        e -> assertThat(e.generation().touchesOurs()).isFalse());
        assertThat(HookList.parse(text))
                .allSatisfy(chain -> assertThat(chain.hook()).doesNotContain(" "));
        assertThat(ListedTable.parse(text).blocks())
                .allSatisfy(block -> assertThat(block.head()).endsWith("{"));
    }
}
