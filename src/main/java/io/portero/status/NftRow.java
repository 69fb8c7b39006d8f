package io.portero.status;

import java.util.Optional;

/**
 * Which nft is used, and how it bears up.
 *
 * @param version none where it does not say
 * @param crashes how often a signal killed it
 * @param problem what is wrong with it, and the way out
 * @param sealed whether the kernel keeps everybody else from changing the table
 * @param unsealed why it does not
 */
public record NftRow(
        String program,
        Optional<String> version,
        long crashes,
        Optional<String> problem,
        boolean sealed,
        Optional<String> unsealed) {
    static final NftRow UNKNOWN = new NftRow("nft", Optional.empty(), 0, Optional.empty(), false, Optional.empty());

    /** @param version empty where it does not say */
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
