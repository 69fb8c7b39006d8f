package io.portero.nft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Whether this kernel looks intervals up in an array (upstream commit 7e43e0a1141d, in 6.18.14), so that members of a set of
 * intervals change in one instant.
 *
 * <p>No version tells, since distributions take changes over. The kernel's description of its own types does (BTF): it names the
 * type of that array, in the module nf_tables or in the kernel itself. A kernel without a description is taken for one
 * without the array. It is read once, 6 MB at most, when first asked for; by then nft has had the module loaded.
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
                kept = Math.min(filled, TYPE.length - 1); // it may go on in what is read next
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
