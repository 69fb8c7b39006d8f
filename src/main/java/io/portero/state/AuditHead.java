package io.portero.state;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where an audit trail ends: the number of its last line and that line's hash.
 *
 * <p>It is stored in the state directory beside the trail, and written to the journal from time to time: an attacker
 * who truncates the trail must change the former, and cannot change the latter.
 */
public record AuditHead(long number, String hash) {
    static final String FILE = "audit.head";

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,18}) ([0-9a-f]{64})\n");

    static AuditHead of(AuditLine line) {
        return new AuditHead(line.number(), AuditLine.hash(line.withoutLineFeed()));
    }

    /** The head of a trail whose stored head lags behind after a crash; nothing if it does not lag. */
    static Optional<AuditHead> caughtUp(AuditFile.End end, AuditHead kept) {
        return end.whole()
                .flatMap(line ->
                        AuditLine.parse(line).map(node -> new AuditHead(AuditLine.number(node), AuditLine.hash(line))))
                .filter(head -> head.number() > kept.number())
                .filter(head -> AuditLine.cut(end, Optional.of(kept)).isEmpty());
    }

    /** The head of a trail without numbers or without lines. */
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
