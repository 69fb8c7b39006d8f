package io.portero.telephony;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Files in memory. */
record Files(Map<String, String> texts) implements ConfigFiles {
    Files {
        texts = new TreeMap<>(texts);
    }

    static Files of(String path, String text) {
        return new Files(Map.of(path, text));
    }

    Files and(String path, String text) {
        var more = new TreeMap<>(texts);
        more.put(path, text);
        return new Files(more);
    }

    @Override
    public Optional<String> text(String path) {
        return Optional.ofNullable(texts.get(path));
    }

    @Override
    public List<String> matching(String path) {
        var pattern = Pattern.compile(Pattern.quote(path).replace("*", "\\E[^/]*\\Q"));
        return texts.keySet().stream().filter(p -> pattern.matcher(p).matches()).toList();
    }
}
