package io.portero.config;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.util.ArrayList;

/**
 * Parses the text of a list: one address, range or network on each line, and comments from {@code #} or {@code ;} to
 * the end of the line.
 */
final class ListText {
    private static final int TOLD = 20;
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    private final Findings findings;
    private final ArrayList<AddressRange> ranges = new ArrayList<>();
    private int wrong;
    private int strange;

    private ListText(Findings findings) {
        this.findings = findings;
    }

    /** The members; they are valid only if no error was found. */
    static AddressSet read(String text, Findings findings) {
        var list = new ListText(findings);
        int number = 0;
        for (var line : (Iterable<String>) text.lines()::iterator) {
            list.line(++number, number == 1 && line.startsWith(BYTE_ORDER_MARK) ? line.substring(1) : line);
        }
        if (list.wrong > TOLD) {
            findings.error(0, "", "and " + more(list.wrong) + " wrong");
        }
        if (list.strange > TOLD) {
            findings.warning(0, "", "and " + more(list.strange) + " taken so");
        }
        return AddressSet.of(list.ranges);
    }

    private static String more(int lines) {
        return lines == TOLD + 1 ? "1 more line is" : lines - TOLD + " more lines are";
    }

    private void line(int number, String line) {
        var word = withoutComment(line).strip();
        if (word.isEmpty()) {
            return;
        }
        try {
            var range = AddressRange.parse(word);
            if (range.prefixLength() == 0) {
                refuse(
                        number,
                        "\"" + word + "\" is every " + (range.family() == Family.V4 ? "IPv4" : "IPv6")
                                + " address, which is not allowed in a list; remove the line");
                return;
            }
            ranges.add(range);
            AddressWord.warning(word, range).ifPresent(w -> {
                if (++strange <= TOLD) {
                    findings.warning(number, "", w);
                }
            });
        } catch (Ip.NotAnAddress e) {
            refuse(number, "\"" + PolicyDocument.printable(word) + "\" is " + why(word, e));
        }
    }

    private static String withoutComment(String line) {
        for (int i = 0; i < line.length(); i++) {
            if (line.charAt(i) == '#' || line.charAt(i) == ';') {
                return line.substring(0, i);
            }
        }
        return line;
    }

    private void refuse(int number, String sentence) {
        if (++wrong <= TOLD) {
            findings.error(number, "", sentence);
        }
    }

    private static String why(String word, Ip.NotAnAddress e) {
        if (SourcesParser.isHostName(word)) {
            return "a host name, but a list holds only addresses; write the name into a group of the policy";
        }
        return "not an address: "
                + (word.chars().anyMatch(Character::isWhitespace)
                        ? "a line holds one address, range or network, and a comment begins with # or ;"
                        : e.getMessage());
    }
}
