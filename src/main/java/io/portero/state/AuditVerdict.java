package io.portero.state;

import java.util.List;
import java.util.Optional;

/** What a check of an audit trail shows; lines are counted from 1 over all files that are kept. */
public sealed interface AuditVerdict {

    /**
     * Each line holds the hash of the line before, and the trail ends where its head says.
     *
     * @param torn how many lines were not written to their end, by a crash, and say so
     */
    record Whole(int lines, int torn, Optional<AuditHead> head) implements AuditVerdict {}

    /** A line was changed or put in, or the line before was changed or taken out. */
    record Forged(int line, int lines) implements AuditVerdict {}

    /** The last lines were there and are gone; {@code after} is the last line before the gap. */
    record Cut(int after, String headSaid) implements AuditVerdict {}

    /** The trail is numbered, so that there was a head, which is gone: its end cannot be judged. */
    record Headless(int lines) implements AuditVerdict {}

    static AuditVerdict of(List<String> lines, Optional<AuditHead> head) {
        return new AuditCheck(lines, head).verdict();
    }
}
