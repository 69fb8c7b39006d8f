package io.portero.nft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Tells whether this kernel looks intervals up in an array (upstream commit 7e43e0a1141d, in 6.18.14), so that the
 * members of an interval set change at once.
 *
 * <p>The kernel version is no proof, because distributions backport changes. The kernel's type information (BTF) is: it
 * contains the type of that array, in the module nf_tables or in the kernel itself. A kernel without BTF counts as one
 * without the array. BTF is read once, at most 6 MB, when first needed; by then nft has loaded the module.
 */
final class ArrayLookup {
    private static final byte[] TYPE = "nft_array_interval".getBytes(StandardCharsets.US_ASCII);
    private static final Path DESCRIPTIONS = Path.of("/sys/kernel/btf");
    private static final int BUFFER = 1 << 16;

    private final List<Path> descriptions;
    private Optional<Boolean> there = Optional.empty();

    ArrayLookup() {
        this(DESCRIPTIONS);
    }

    ArrayLookup(Path directory) {
        this.descriptions = List.of(directory.resolve("nf_tables"), directory.resolve("vmlinux"));
    }

    synchronized boolean isThere() {
        boolean found = there.orElseGet(() -> descriptions.stream().anyMatch(ArrayLookup::namesTheType));
        there = Optional.of(found);
        return found;
    }

    private static boolean namesTheType(Path description) {
        try (var in = Files.newInputStream(description)) {
            var buffer = new byte[BUFFER];
            int kept = 0;
            while (true) {
                int read = in.read(buffer, kept, buffer.length - kept);
                if (read < 0) {
                    return false;
                }
                int filled = kept + read;
                if (contains(buffer, filled)) {
                    return true;
                }
                kept = Math.min(filled, TYPE.length - 1); // the name may continue in the next block
                System.arraycopy(buffer, filled - kept, buffer, 0, kept);
            }
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean contains(byte[] buffer, int filled) {
        for (int i = 0; i + TYPE.length <= filled; i++) {
            if (buffer[i] == TYPE[0] && Arrays.equals(buffer, i, i + TYPE.length, TYPE, 0, TYPE.length)) {
                return true;
            }
        }
        return false;
    }
}
