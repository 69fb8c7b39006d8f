package io.portero.state;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where an audit trail ends: the number of its last line and that line's hash.
 *
 * <p>Kept in the state directory beside the trail, and told to the journal now and then: who cuts the trail must change the
 * one, and cannot change the other.
 */
public record AuditHead(long number, String hash) {
    static final String FILE = "audit.head";

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,18}) ([0-9a-f]{64})\n");

    static AuditHead of(AuditLine line) {
        return new AuditHead(line.number(), AuditLine.hash(line.withoutLineFeed()));
    }

    /** Of a trail whose head lags behind, as a crash between line and head leaves it; nothing when it does not. */
    static Optional<AuditHead> caughtUp(AuditFile.End end, AuditHead kept) {
        return end.whole()
                .flatMap(line ->
                        AuditLine.parse(line).map(node -> new AuditHead(AuditLine.number(node), AuditLine.hash(line))))
                .filter(head -> head.number() > kept.number())
                .filter(head -> AuditLine.cut(end, Optional.of(kept)).isEmpty());
    }

    /** Of a trail that has no numbers yet, or no lines. */
    static AuditHead first(AuditFile.End end) {
        return new AuditHead(0, end.whole().map(AuditLine::hash).orElse(AuditLine.FIRST));
    }

    String text() {
        return number + " " + hash + "\n";
    }

    static Optional<AuditHead> parse(String text) {
        var match = TEXT.matcher(text);
        return match.matches()
                ? Optional.of(new AuditHead(Long.parseLong(match.group(1)), match.group(2)))
                : Optional.empty();
    }
}
