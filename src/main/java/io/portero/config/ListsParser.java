package io.portero.config;

import io.portero.policy.AddressSet;
import io.portero.policy.Problem.Severity;
import io.portero.policy.Reference.ListFile;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Parses references to lists in a policy, and reports problems of the lists and how they are handled. */
final class ListsParser {
    private final Findings findings;
    private final Outside outside;
    private final Function<ListFile, ListFiles.Read> reading;
    private final Set<ListFile> told = new HashSet<>();
    private final Map<String, ListFile> unknown = new HashMap<>();

    ListsParser(Findings findings, Outside outside, Function<ListFile, ListFiles.Read> reading) {
        this.findings = findings;
        this.outside = outside;
        this.reading = reading;
    }

    /** The list that a word names; if the word is invalid, empty after a reported error. */
    Optional<ListFile> list(String key, int line, String word) {
        var text = word.substring(ListFile.PREFIX.length());
        try {
            var path = Path.of(text);
            if (path.isAbsolute()) {
                return Optional.of(new ListFile(path.normalize().toString()));
            }
            findings.error(
                    line,
                    key,
                    "\"" + PolicyDocument.printable(word)
                            + "\" is not an absolute path; write " + ListFile.PREFIX
                            + findings.besides(text.isEmpty() ? "lists/NAME.txt" : text));
        } catch (InvalidPathException e) {
            findings.error(line, key, "\"" + PolicyDocument.printable(word) + "\" is no path");
        }
        return Optional.empty();
    }

    /** The current members of a list, otherwise its last good members; empty if neither is known. */
    Optional<AddressSet> members(String key, int line, ListFile list) {
        var read = reading.apply(list);
        if (told.add(list)) {
            read.problems().forEach(p -> findings.add(outside.forgiving() ? p.as(Severity.WARNING) : p));
        }
        var kept = Optional.ofNullable(outside.lists().get(list));
        if (read.members().isPresent()) {
            if (read.hasText() || kept.filter(last -> last.rangeCount() > 0).isEmpty()) {
                return read.members();
            }
            findings.warning(
                    line,
                    key,
                    list + " has no content, as after a crash or on a full disk; its last good version stays in force, "
                            + entries(kept.get()) + "; if nobody should be in it, write a line that begins with #");
            return kept;
        }
        if (!outside.forgiving()) {
            findings.error(line, key, list + " cannot be used as it is");
        } else if (kept.isPresent()) {
            findings.warning(
                    line,
                    key,
                    list + " cannot be used as it is; its last good version stays in force, " + entries(kept.get()));
        } else {
            unknown.put(key, list);
            findings.warning(line, key, list + " could never be read; until then it matches no address");
        }
        return kept;
    }

    private static String entries(AddressSet members) {
        return members.rangeCount() == 1 ? "1 entry" : members.rangeCount() + " entries";
    }

    /** The list at this key, if neither its current nor earlier members are known. */
    Optional<ListFile> unknown(String key) {
        return Optional.ofNullable(unknown.get(key));
    }
}
