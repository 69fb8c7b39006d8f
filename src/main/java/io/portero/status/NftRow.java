package io.portero.status;

import java.util.Optional;

/**
 * The nft in use, and its health.
 *
 * @param version absent if unknown
 * @param crashes how often a signal killed it
 * @param problem its problem, and the remedy
 * @param sealed whether the table is sealed
 * @param unsealed why it is not sealed
 */
public record NftRow(
        String program,
        Optional<String> version,
        long crashes,
        Optional<String> problem,
        boolean sealed,
        Optional<String> unsealed) {
    static final NftRow UNKNOWN = new NftRow("nft", Optional.empty(), 0, Optional.empty(), false, Optional.empty());

    /** @param version empty if unknown */
    public static NftRow of(
            String program,
            String version,
            long crashes,
            Optional<String> problem,
            boolean sealed,
            Optional<String> unsealed) {
        return new NftRow(program, Optional.of(version).filter(v -> !v.isEmpty()), crashes, problem, sealed, unsealed);
    }
}
