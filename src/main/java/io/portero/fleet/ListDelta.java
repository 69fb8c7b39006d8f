package io.portero.fleet;

import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The difference between two lists in canonical form, as lines that begin with plus or minus. */
public final class ListDelta {
    private ListDelta() {}

    /** The name of the difference in the store. */
    public static String name(String fromHash, String toHash) {
        return fromHash.substring(0, 32) + "-" + toHash.substring(0, 32);
    }

    public static String between(String from, String to) {
        var before = from.lines().collect(Collectors.toCollection(TreeSet::new));
        var after = to.lines().collect(Collectors.toCollection(TreeSet::new));
        var delta = new StringBuilder();
        before.stream().filter(line -> !after.contains(line)).forEach(line -> delta.append("-" + line + "\n"));
        after.stream().filter(line -> !before.contains(line)).forEach(line -> delta.append("+" + line + "\n"));
        return delta.toString();
    }

    /** Nothing if it does not fit; the result must still be compared with the hash. */
    public static Optional<String> applied(String from, String delta) {
        var gone = new TreeSet<String>();
        var added = new TreeSet<String>();
        for (var line : delta.lines().toList()) {
            var to = line.startsWith("+") ? added : gone;
            if (!line.matches("[+-].*") || !to.add(line.substring(1))) {
                return Optional.empty();
            }
        }
        var whole = new StringBuilder(from.length() + delta.length());
        for (var line : (Iterable<String>) from.lines()::iterator) {
            while (!added.isEmpty() && added.first().compareTo(line) < 0) {
                whole.append(added.removeFirst()).append('\n');
            }
            if (!added.isEmpty() && added.first().equals(line)) {
                return Optional.empty();
            }
            if (!gone.remove(line)) {
                whole.append(line).append('\n');
            }
        }
        added.forEach(line -> whole.append(line).append('\n'));
        return gone.isEmpty() ? Optional.of(whole.toString()) : Optional.empty();
    }
}
