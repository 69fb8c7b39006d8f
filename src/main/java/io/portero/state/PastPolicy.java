package io.portero.state;

import java.time.Instant;

/**
 * One time that a policy came into force.
 *
 * @param number counts up and is never used twice
 * @param why what brought it into force, in the words of the audit trail: file, signal, rollback, startup or command
 * @param digest names the content of the table, as the audit trail does
 * @param content names the text of the policy and what its lists held
 * @param text names the text alone
 * @param bytes how much room the content takes
 * @param end what became of it: in_force, probation, or how its probation ended
 */
public record PastPolicy(
        long number, Instant at, String why, String digest, String content, String text, long bytes, String end) {
    public static final String IN_FORCE = "in_force";
    public static final String ON_PROBATION = "probation";

    PastPolicy ended(String how) {
        return new PastPolicy(number, at, why, digest, content, text, bytes, how);
    }
}
