package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.portero.FuzzSeeds;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text that nft prints for our table is read, or is reported as illegible. */
class ListingFuzzTest {
    private static final List<Function<String, Object>> READERS = List.of(
            NftJson::snapshot,
            NftJson::counters,
            NftJson::members,
            json -> NftJson.dropped(json, Duration.ofDays(1)),
            NftJson::differences);

    static Stream<Named<byte[]>> listings() {
        return Stream.concat(FuzzSeeds.of("nft", ".json"), FuzzSeeds.of("migration", "listing.json"));
    }

    @MethodSource("listings")
    @FuzzTest
    void anyListingIsReadOrIllegible(byte[] bytes) {
        var json = new String(bytes, StandardCharsets.UTF_8);
        for (var reader : READERS) {
            try {
                assertThat(reader.apply(json)).isNotNull();
            } catch (Listing.Illegible e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
