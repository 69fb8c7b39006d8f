package io.portero.fleet;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A list of addresses that a layer names as {@code file:lists/NAME}, and that is transferred beside the bundle.
 *
 * @param hash SHA-256 of its content, in hexadecimal
 */
public record ListRef(String name, String hash, long bytes) implements Comparable<ListRef> {
    public static final String WORD = "file:lists/";

    /** The size limit of the agent for a list. */
    public static final int MOST_BYTES = 32 * 1024 * 1024;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,100}");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    public ListRef {
        if (!isName(name) || !HASH.matcher(hash).matches() || bytes < 0 || bytes > MOST_BYTES) {
            throw new IllegalArgumentException("no list is called " + name + " " + hash + " " + bytes);
        }
    }

    static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    public static ListRef of(String name, String content) {
        var bytes = content.getBytes(StandardCharsets.UTF_8);
        return new ListRef(name, hash(bytes), bytes.length);
    }

    public static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** One entry a line, sorted, without comments: the same bytes for the same entries. */
    public static String canonical(String text) {
        return text
                .lines()
                .map(line -> line.replaceFirst("^\uFEFF", "")
                        .replaceFirst("[#;].*", "")
                        .strip())
                .filter(line -> !line.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    /** The same tree with the path of each list on a host. */
    public static Tree.Mapping placed(Tree.Mapping policy, UnaryOperator<String> pathOfName) {
        var mapped = policy.mapWords(
                word -> word.startsWith(WORD) ? "file:" + pathOfName.apply(word.substring(WORD.length())) : word);
        return mapped instanceof Tree.Mapping mapping ? mapping : Tree.Mapping.EMPTY;
    }

    @Override
    public int compareTo(ListRef other) {
        return name.compareTo(other.name);
    }
}
