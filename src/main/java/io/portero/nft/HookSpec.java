package io.portero.nft;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The hook and priority of a base chain, as nft writes them:
 * {@code { type nat hook prerouting priority dstnat - 5; policy accept; }}.
 *
 * @param priority as a number; for the names see nft(8), table 6
 */
record HookSpec(String hook, int priority) {
    private static final Pattern SPEC =
            Pattern.compile(".*\\bhook (\\w+)(?: device[^;]*?)? priority (-?\\w+)(?: ([+-]) (\\d+))?;.*");
    private static final Map<String, Integer> WORDS =
            Map.of("raw", -300, "mangle", -150, "dstnat", -100, "filter", 0, "security", 50, "srcnat", 100);

    static Optional<HookSpec> parse(String text) {
        var spec = SPEC.matcher(text);
        if (!spec.matches()) {
            return Optional.empty();
        }
        try {
            var word = spec.group(2);
            int base = WORDS.containsKey(word) ? WORDS.get(word) : Integer.parseInt(word);
            int offset = spec.group(4) == null ? 0 : Integer.parseInt(spec.group(4));
            return Optional.of(new HookSpec(spec.group(1), "-".equals(spec.group(3)) ? base - offset : base + offset));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
