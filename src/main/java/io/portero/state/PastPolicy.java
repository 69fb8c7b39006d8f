package io.portero.state;

import java.time.Instant;

/**
 * An entry of the history: a policy that came into force.
 *
 * @param number increases and is never used twice
 * @param why the cause, in the words of the audit trail: file, signal, rollback, startup or command
 * @param digest identifies the content of the table, as in the audit trail
 * @param content identifies the text of the policy and the content of its lists
 * @param text identifies the text alone
 * @param bytes the size of the content
 * @param end its state: in_force, probation, or how its probation ended
 */
public record PastPolicy(
        long number, Instant at, String why, String digest, String content, String text, long bytes, String end) {
    public static final String IN_FORCE = "in_force";
    public static final String ON_PROBATION = "probation";

    PastPolicy ended(String how) {
        return new PastPolicy(number, at, why, digest, content, text, bytes, how);
    }
}
