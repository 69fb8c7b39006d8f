package io.portero.config;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.Sources;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Reads addresses, ranges, networks and names of groups.
 *
 * <p>Host names and lists in files are recognised and refused: nothing resolves or watches them yet.
 */
final class SourcesParser {
    private static final Pattern HOST_NAME = Pattern.compile(
            "(?=.{1,253}$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.?");

    private final PolicyDocument document;
    private final Findings findings;
    private final SortedSet<String> groups;

    SourcesParser(PolicyDocument document, Findings findings, SortedSet<String> groups) {
        this.document = document;
        this.findings = findings;
        this.groups = groups;
    }

    /** The members of a group. */
    AddressSet members(String key, List<String> words) {
        var ranges = new ArrayList<AddressRange>();
        for (int i = 0; i < words.size(); i++) {
            member(key, line(key, i), words.get(i)).ifPresent(ranges::add);
        }
        return AddressSet.of(ranges);
    }

    private Optional<AddressRange> member(String key, int line, String word) {
        if (looksLikeAddress(word)) {
            return address(key, line, word);
        }
        if (groups.contains(word)) {
            findings.error(line, key, word + " is a group, and groups hold no groups; name both where they are used");
        } else {
            findings.error(line, key, quoted(word) + strange(word) + "; a member is an address, a range or a network");
        }
        return Optional.empty();
    }

    /** Who is meant by {@code from}, {@code deny} or {@code ping}. */
    Sources sources(String key, List<String> words) {
        boolean any = false;
        var named = new TreeSet<String>();
        var ranges = new ArrayList<AddressRange>();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            if (word.equals("any")) {
                any = true;
            } else if (groups.contains(word)) {
                named.add(word);
            } else if (looksLikeAddress(word)) {
                address(key, line(key, i), word).ifPresent(ranges::add);
            } else {
                findings.error(line(key, i), key, quoted(word) + strange(word) + otherwise(word));
            }
        }
        if (any && words.size() > 1) {
            findings.warning(document.line(key), key, "any admits everybody; the other words change nothing");
        }
        return new Sources(any, named, AddressSet.of(ranges));
    }

    private String otherwise(String word) {
        var candidates = new TreeSet<>(groups);
        candidates.add("any");
        return Nearest.to(word, candidates)
                .map(g -> "; did you mean " + g + "?")
                .orElse(groups.isEmpty() ? "; there are no groups" : "; the groups are " + some(groups));
    }

    private static String some(SortedSet<String> groups) {
        var shown = String.join(", ", groups.stream().limit(8).toList());
        return groups.size() > 8 ? shown + " and " + (groups.size() - 8) + " more" : shown;
    }

    /** What a word is that is neither an address nor a group. */
    private static String strange(String word) {
        if (word.startsWith("file:")) {
            return " is a list in a file, which is not supported yet";
        }
        if (HOST_NAME.matcher(word).matches()) {
            return " is a host name, which is not supported yet";
        }
        return " is neither a group nor an address";
    }

    private Optional<AddressRange> address(String key, int line, String word) {
        try {
            var range = AddressRange.parse(word);
            warnOfHostBits(key, line, word, range);
            return Optional.of(range);
        } catch (Ip.NotAnAddress e) {
            findings.error(line, key, quoted(word) + " is not an address: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void warnOfHostBits(String key, int line, String word, AddressRange range) {
        int slash = word.indexOf('/');
        if (slash < 0) {
            return;
        }
        try {
            if (!Ip.parse(word.substring(0, slash)).equals(range.first())) {
                findings.warning(line, key, word + " has bits set below its prefix and is taken as " + range);
            }
        } catch (Ip.NotAnAddress e) {
            throw new IllegalStateException("parsed before: " + word, e);
        }
    }

    /** Right or wrong: what is meant as an address gets an answer about addresses. */
    private static boolean looksLikeAddress(String word) {
        return !word.startsWith("file:") && Ip.looksLikeOne(word.replaceAll("[/%-].*", ""));
    }

    private static String quoted(String word) {
        return "\"" + PolicyDocument.printable(word) + "\"";
    }

    private int line(String key, int index) {
        return document.line(key + "[" + index + "]");
    }
}
