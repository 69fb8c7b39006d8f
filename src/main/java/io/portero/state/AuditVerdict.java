package io.portero.state;

import java.util.List;
import java.util.Optional;

/** The result of a check of an audit trail; lines are counted from 1 over all stored files. */
public sealed interface AuditVerdict {

    /**
     * Each line holds the hash of the line before, and the trail ends where its head says.
     *
     * @param torn how many lines are incomplete after a crash and are marked as such
     */
    record Whole(int lines, int torn, Optional<AuditHead> head) implements AuditVerdict {}

    /** A line was changed or inserted, or the line before was changed or removed. */
    record Forged(int line, int lines) implements AuditVerdict {}

    /** The last lines are missing; {@code after} is the last line before the gap. */
    record Cut(int after, String headSaid) implements AuditVerdict {}

    /** The trail has numbers, so it had a head, which is missing: its end cannot be verified. */
    record Headless(int lines) implements AuditVerdict {}

    static AuditVerdict of(List<String> lines, Optional<AuditHead> head) {
        return new AuditCheck(lines, head).verdict();
    }
}
