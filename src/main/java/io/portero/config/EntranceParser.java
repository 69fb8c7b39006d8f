package io.portero.config;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Entrance;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Ip;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses the interfaces and destination addresses at which a service takes packets. */
final class EntranceParser {
    /** Limited, because the kernel compares a packet with each of them. */
    private static final int MOST = 32;

    private static final String INCOMING =
            "packets that come in by lo are never filtered, so a service on lo admits nobody; remove lo, or"
                    + " the whole service if it has no other interface";
    private static final String OUTGOING =
            "packets that leave by lo stay on this host and are never filtered; remove lo, or the whole"
                    + " service if it has no other interface";

    private final PolicyDocument document;
    private final Findings findings;

    EntranceParser(PolicyDocument document, Findings findings) {
        this.document = document;
        this.findings = findings;
    }

    Entrance entrance(String key, Optional<List<String>> on, Optional<List<String>> to) {
        return Entrance.of(
                interfaces(key + ".on", on.orElse(List.of()), INCOMING), addresses(key + ".to", to.orElse(List.of())));
    }

    /** The interfaces where packets leave. */
    List<InterfacePattern> exit(String key, Optional<List<String>> on) {
        return interfaces(key + ".on", on.orElse(List.of()), OUTGOING);
    }

    private List<InterfacePattern> interfaces(String key, List<String> words, String loopback) {
        var patterns = new ArrayList<InterfacePattern>();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            if (word.equals("any")) {
                error(key, i, "any is not an interface; for all interfaces, remove the key");
            } else if (!InterfacePattern.isValid(word)) {
                error(key, i, quoted(word) + " is not an interface; " + InterfacePattern.RULE);
            } else if (word.equals(InterfacePattern.LOOPBACK.text())) {
                error(key, i, loopback);
            } else {
                patterns.add(new InterfacePattern(word));
            }
        }
        bounded(key, words, "no interface; name one, such as eth1");
        return patterns;
    }

    private AddressSet addresses(String key, List<String> words) {
        var ranges = new ArrayList<AddressRange>();
        for (int i = 0; i < words.size(); i++) {
            address(key, i, words.get(i)).ifPresent(ranges::add);
        }
        bounded(key, words, "no address; name one of this host, such as 10.0.0.5");
        return AddressSet.of(ranges);
    }

    private Optional<AddressRange> address(String key, int index, String word) {
        if (!SourcesParser.looksLikeAddress(word)) {
            error(
                    key,
                    index,
                    quoted(word) + " is not an address; to: takes addresses, ranges and networks of this host;"
                            + " for all of them, remove the key");
            return Optional.empty();
        }
        try {
            var range = AddressRange.parse(word);
            AddressWord.warning(word, range).ifPresent(w -> findings.warning(line(key, index), key, w));
            return Optional.of(range);
        } catch (Ip.NotAnAddress e) {
            error(key, index, quoted(word) + " is not an address: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void bounded(String key, List<String> words, String nothing) {
        if (document.has(key) && words.isEmpty() && !findings.haveErrorBelow(key)) {
            findings.error(
                    document.line(key), key, "an empty list admits " + nothing + ", or remove the key for all of them");
        }
        if (words.size() > MOST) {
            findings.error(
                    document.line(key),
                    key,
                    words.size() + " are too many; write at most " + MOST + ", with a * or as networks");
        }
    }

    private void error(String key, int index, String sentence) {
        findings.error(line(key, index), key, sentence);
    }

    private int line(String key, int index) {
        return document.line(key + "[" + index + "]");
    }

    private static String quoted(String word) {
        return "\"" + PolicyDocument.printable(word) + "\"";
    }
}
