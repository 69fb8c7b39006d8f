package io.portero.policy;

/**
 * The verdict for a packet, and why.
 *
 * @param key the key in the policy that decides, such as {@code services.sip.from}
 * @param why one clause in the policy's own terms
 */
public record Explanation(Verdict verdict, String key, String why) {
    /** With one more clause. */
    Explanation because(String clause) {
        return new Explanation(verdict, key, why + "; " + clause);
    }
}
