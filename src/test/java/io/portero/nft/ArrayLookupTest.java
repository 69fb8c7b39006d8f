package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArrayLookupTest {
    private static final String TYPE = "nft_array_interval";

    @TempDir
    private Path directory;

    @Test
    void isPresentIfTheKernelsBtfNamesItsType() throws IOException {
        describe("vmlinux", 200_000, TYPE);
        assertThat(new ArrayLookup(directory).isThere()).isTrue();
    }

    @Test
    void isPresentIfTheModulesBtfNamesItsType() throws IOException {
        describe("vmlinux", 10, "nft_rbtree_elem");
        describe("nf_tables", 10, TYPE);
        assertThat(new ArrayLookup(directory).isThere()).isTrue();
    }

    @Test
    void isFoundAtAnyPositionInTheFile() throws IOException {
        for (int before = (1 << 16) - TYPE.length() - 1; before <= (1 << 16) + 1; before++) {
            describe("vmlinux", before, TYPE);
            assertThat(new ArrayLookup(directory).isThere())
                    .as("after %d bytes", before)
                    .isTrue();
        }
    }

    @Test
    void isAbsentIfNoBtfNamesItsType() throws IOException {
        describe("vmlinux", 200_000, "nft_array_interva");
        describe("nf_tables", 0, "");
        assertThat(new ArrayLookup(directory).isThere()).isFalse();
    }

    @Test
    void isAbsentIfTheKernelHasNoBtf() {
        assertThat(new ArrayLookup(directory.resolve("none")).isThere()).isFalse();
    }

    @Test
    void isReadOnlyOnce() throws IOException {
        describe("vmlinux", 1, TYPE);
        var lookup = new ArrayLookup(directory);
        assertThat(lookup.isThere()).isTrue();
        Files.delete(directory.resolve("vmlinux"));
        assertThat(lookup.isThere()).isTrue();
    }

    private void describe(String part, int before, String word) throws IOException {
        Files.writeString(
                directory.resolve(part), "n".repeat(before) + word + "\0nft_chain\0", StandardCharsets.US_ASCII);
    }
}
