package io.portero.status;

import java.util.Optional;

/**
 * Which nft is used, and how it bears up.
 *
 * @param version none where it does not say
 * @param crashes how often a signal killed it
 * @param problem what is wrong with it, and the way out
 */
public record NftRow(String program, Optional<String> version, long crashes, Optional<String> problem) {
    static final NftRow UNKNOWN = new NftRow("nft", Optional.empty(), 0, Optional.empty());

    /** @param version empty where it does not say */
    public static NftRow of(String program, String version, long crashes, Optional<String> problem) {
        return new NftRow(program, Optional.of(version).filter(v -> !v.isEmpty()), crashes, problem);
    }
}
