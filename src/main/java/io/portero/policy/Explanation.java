package io.portero.policy;

/**
 * Why a packet meets its verdict.
 *
 * @param key the place in the policy that decides, such as {@code services.sip.from}
 * @param why one clause in the policy's own terms
 */
public record Explanation(Verdict verdict, String key, String why) {
    /** With one more clause. */
    Explanation because(String clause) {
        return new Explanation(verdict, key, why + "; " + clause);
    }
}
