package io.portero.state;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Verifies an audit trail from its oldest line to its head. */
final class AuditCheck {
    private final List<String> lines;
    private final Optional<AuditHead> head;
    /** The hash that the next line must hold; nothing before the oldest stored line. */
    private @Nullable String previous;

    private long number;
    private int torn;

    AuditCheck(List<String> lines, Optional<AuditHead> head) {
        this.lines = lines;
        this.head = head;
    }

    AuditVerdict verdict() {
        int at = 0;
        while (at < lines.size()) {
            int whole = at;
            while (whole < lines.size() && AuditLine.parse(lines.get(whole)).isEmpty()) {
                whole++;
            }
            if (whole > at) {
                if (!areTorn(at, whole)) {
                    return new AuditVerdict.Forged(at + 1, lines.size());
                }
                torn += whole - at;
                number += whole - at;
                previous = null; // the hash in the line after them was checked
            }
            if (whole < lines.size()) {
                var objection =
                        objection(whole, AuditLine.parse(lines.get(whole)).orElseThrow());
                if (objection.isPresent()) {
                    return objection.get();
                }
            }
            at = whole + 1;
        }
        return end();
    }

    private Optional<AuditVerdict> objection(int at, JsonNode line) {
        if (line.has(AuditLine.CUT)) {
            return Optional.of(new AuditVerdict.Cut(at, line.path(AuditLine.CUT).asText()));
        }
        long own = AuditLine.number(line);
        if (previous != null && !previous.equals(previousOf(line)) || number > 0 && own != number + 1 && at > torn) {
            return Optional.of(new AuditVerdict.Forged(at + 1, lines.size()));
        }
        number = own;
        previous = AuditLine.hash(lines.get(at));
        return Optional.empty();
    }

    private static String previousOf(JsonNode line) {
        return line.path(AuditLine.PREVIOUS).asText();
    }

    /** Unreadable lines come from a crash if the next line says so, or if the head ends before them. */
    private boolean areTorn(int from, int to) {
        if (to == lines.size()) {
            return head.filter(h -> h.number() <= number).isPresent();
        }
        var next = AuditLine.parse(lines.get(to)).orElseThrow();
        var alone = AuditLine.hash(String.join("\n", lines.subList(from, to)));
        var withWhole = AuditLine.hash(String.join("\n", lines.subList(Math.max(0, from - 1), to)));
        return next.path(AuditLine.TORN).asInt() == to - from
                && (previousOf(next).equals(alone) || previousOf(next).equals(withWhole));
    }

    private AuditVerdict end() {
        if (head.isEmpty()) {
            return number > 0
                    ? new AuditVerdict.Headless(lines.size())
                    : new AuditVerdict.Whole(lines.size(), torn, head);
        }
        var kept = head.get();
        if (kept.number() > number) {
            return new AuditVerdict.Cut(lines.size(), kept.text().strip());
        }
        long at = lines.size() - 1 - (number - kept.number());
        return at < 0
                        || kept.number() == 0
                        || AuditLine.hash(lines.get((int) at)).equals(kept.hash())
                ? new AuditVerdict.Whole(lines.size(), torn, head)
                : new AuditVerdict.Forged((int) at + 1, lines.size());
    }
}
