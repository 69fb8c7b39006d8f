package io.portero.config;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.FirstFew;
import io.portero.policy.Ip;
import io.portero.policy.Members;
import io.portero.policy.Reference;
import io.portero.policy.Reference.HostName;
import io.portero.policy.Reference.ListFile;
import io.portero.policy.Reference.Temporary;
import io.portero.policy.Reference.UrlList;
import io.portero.policy.Sources;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.regex.Pattern;

/**
 * Parses addresses, ranges, networks, lists, host names and names of groups.
 *
 * <p>A word with a dot that is not an address is a host name; its addresses are not known here.
 */
final class SourcesParser {
    private static final Pattern HOST_NAME = Pattern.compile(
            "(?=.{1,254}$)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\\.)+([A-Za-z]{2,63}|xn--[A-Za-z0-9-]{1,59})\\.?");

    private static final String STRANGE = " is neither a group, an address nor a host name";
    private static final String NO_MEMBER = " is neither an address nor a host name; a member is an address, a range, a"
            + " network, a host name, file:/PATH/OF/A/LIST or url:https://HOST/LIST";

    private final PolicyDocument document;
    private final Findings findings;
    private final SortedSet<String> groups;
    private final ListsParser lists;

    SourcesParser(PolicyDocument document, Findings findings, SortedSet<String> groups, ListsParser lists) {
        this.document = document;
        this.findings = findings;
        this.groups = groups;
        this.lists = lists;
    }

    /** The members of a group. */
    Members members(String key, List<String> words) {
        var found = new Found();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            var at = key + "[" + i + "]";
            var until = document.below(at + ".until");
            if (until.isPresent()) {
                temporary(key, at, word, until.get()).ifPresent(t -> found.referred.put(t, AddressSet.of(t.range())));
            } else if (!reads(found, key, i, word)) {
                findings.error(line(key, i), key, groups.contains(word) ? nested(word) : quoted(word) + NO_MEMBER);
            }
        }
        return found.members();
    }

    private Optional<Temporary> temporary(String key, String at, String word, String until) {
        int line = document.line(at);
        if (!looksLikeAddress(word) || word.startsWith(ListFile.PREFIX) || UrlWord.looksLikeOne(word)) {
            findings.error(
                    line,
                    key,
                    "until works only with an address, a range or a network, and " + shown(word) + " is none"
                            + " of these; remove until, or write the addresses");
            return Optional.empty();
        }
        var range = address(key, () -> line, word);
        try {
            var end = MemberTime.parse(until);
            var note =
                    document.below(at + ".note").map(PolicyDocument::printable).orElse("");
            return range.map(r -> new Temporary(r, end, note));
        } catch (MemberTime.NotATime e) {
            findings.error(
                    document.line(at + ".until"), key, quoted(until) + " is not a time for until: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Hides a URL, because it may contain a key and the metrics port shows problems. */
    private static String shown(String word) {
        return UrlWord.looksLikeOne(word) ? "a URL" : quoted(word);
    }

    private static String nested(String word) {
        return word + " is a group, and a group cannot contain groups; name both groups where they are used";
    }

    /** The sources in {@code from}, {@code deny} or {@code ping}. */
    Sources sources(String key, List<String> words) {
        boolean any = false;
        var named = new TreeSet<String>();
        var found = new Found();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            if (word.equals("any")) {
                any = true;
            } else if (groups.contains(word)) {
                named.add(word);
            } else if (!reads(found, key, i, word)) {
                findings.error(line(key, i), key, quoted(word) + STRANGE + otherwise(word));
            }
        }
        if (any && words.size() > 1) {
            findings.warning(document.line(key), key, "any admits everybody; the other entries change nothing");
        }
        return new Sources(any, named, found.members());
    }

    /** The members found so far. */
    private static final class Found {
        private final List<AddressRange> ranges = new ArrayList<>();
        private final Map<Reference, AddressSet> referred = new HashMap<>();

        Members members() {
            return Members.of(AddressSet.of(ranges), referred);
        }
    }

    /** Whether the word has the form of an address or of a reference to addresses, even if it is invalid. */
    private boolean reads(Found found, String key, int index, String word) {
        if (word.startsWith(ListFile.PREFIX)) {
            int line = line(key, index);
            lists.list(key, line, word)
                    .ifPresent(list -> lists.members(key, line, list).ifPresent(m -> found.referred.put(list, m)));
        } else if (UrlWord.looksLikeOne(word)) {
            url(key, line(key, index), word)
                    .ifPresent(
                            list -> found.referred.put(list, AddressSet.EMPTY)); // a list; the agent reads its content
        } else if (looksLikeAddress(word)) {
            address(key, () -> line(key, index), word).ifPresent(found.ranges::add);
        } else if (HOST_NAME.matcher(word).matches()) {
            found.referred.put(
                    HostName.of(word), AddressSet.EMPTY); // a host name; its addresses are resolved elsewhere
        } else {
            return false;
        }
        return true;
    }

    /** Whether the word has the form of a name in DNS. */
    static boolean isHostName(String word) {
        return !looksLikeAddress(word) && HOST_NAME.matcher(word).matches();
    }

    private String otherwise(String word) {
        var candidates = new TreeSet<>(groups);
        candidates.add("any");
        return Nearest.to(word, candidates)
                .map(g -> "; did you mean " + g + "?")
                .orElse(groups.isEmpty() ? "; there are no groups" : "; the groups are " + FirstFew.of(groups, 8));
    }

    /** @param line called only for a problem, because there may be 10,000 words */
    private Optional<AddressRange> address(String key, IntSupplier line, String word) {
        try {
            var range = AddressRange.parse(word);
            AddressWord.warning(word, range).ifPresent(w -> findings.warning(line.getAsInt(), key, w));
            return Optional.of(range);
        } catch (Ip.NotAnAddress e) {
            findings.error(line.getAsInt(), key, quoted(word) + " is not an address: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<UrlList> url(String key, int line, String word) {
        try {
            return Optional.of(UrlWord.parse(word));
        } catch (UrlWord.NotAList e) {
            // The message does not contain the word: it may contain a key, and the metrics port shows problems.
            findings.error(line, key, "a URL here " + e.getMessage());
            return Optional.empty();
        }
    }

    /** Whether the word looks like an address, even if it is invalid; then the error message is about addresses. */
    static boolean looksLikeAddress(String word) {
        int end = 0;
        while (end < word.length() && "/%-".indexOf(word.charAt(end)) < 0) {
            end++;
        }
        return Ip.looksLikeOne(word.substring(0, end));
    }

    private static String quoted(String word) {
        return "\"" + PolicyDocument.printable(word) + "\"";
    }

    private int line(String key, int index) {
        return document.line(key + "[" + index + "]");
    }
}
