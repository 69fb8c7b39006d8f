package io.portero.telephony;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds options in a command line as getopt_long(3) takes them: {@code --name=value}, {@code --name value}, {@code -n value}. */
final class Options {
    private final List<String> words;

    Options(List<String> words) {
        this.words = List.copyOf(words);
    }

    /** The last value, which is the effective one. */
    Optional<String> last(String... names) {
        var found = all(names);
        return found.isEmpty() ? Optional.empty() : Optional.of(found.getLast());
    }

    List<String> all(String... names) {
        var found = new ArrayList<String>();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            for (var name : names) {
                if (word.equals(name) && i + 1 < words.size()) {
                    found.add(words.get(i + 1));
                } else if (name.startsWith("--") && word.startsWith(name + "=")) {
                    found.add(word.substring(name.length() + 1));
                } else if (!name.startsWith("--") && word.startsWith(name) && word.length() > name.length()) {
                    found.add(word.substring(name.length()));
                }
            }
        }
        return found;
    }

    boolean has(String name) {
        return words.contains(name);
    }
}
