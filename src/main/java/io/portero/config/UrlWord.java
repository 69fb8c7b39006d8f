package io.portero.config;

import io.portero.policy.Ip;
import io.portero.policy.Reference.UrlList;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The words that name a list on the web: {@code url:https://HOST/PATH}, optionally with {@code #} and a JSON pointer
 * (RFC 6901).
 */
final class UrlWord {
    private static final int LONGEST = 2048;
    private static final int HIGHEST_PORT = 65535;
    private static final Pattern BARE = Pattern.compile("(?i)https?://.*");
    private static final Pattern BAD_POINTER = Pattern.compile(".*~([^01].*|$)", Pattern.DOTALL);

    private UrlWord() {}

    /** Thrown for a word that names no list; the message is a clause that gives the reason and the right form. */
    static final class NotAList extends Exception {
        NotAList(String why) {
            super(why, null, false, false);
        }
    }

    /** Whether the word was meant as a list on the web, even if it is invalid. */
    static boolean looksLikeOne(String word) {
        return word.startsWith(UrlList.PREFIX) || BARE.matcher(word).matches();
    }

    static UrlList parse(String word) throws NotAList {
        if (!word.startsWith(UrlList.PREFIX)) {
            throw new NotAList("is not a member; write " + UrlList.PREFIX + "https://HOST/PATH");
        }
        var text = word.substring(UrlList.PREFIX.length());
        if (text.length() > LONGEST) {
            throw new NotAList("is longer than " + LONGEST + " characters");
        }
        try {
            return new UrlList(checked(new URI(text)));
        } catch (URISyntaxException e) {
            throw new NotAList("is malformed; write " + UrlList.PREFIX + "https://HOST/PATH");
        }
    }

    private static String checked(URI url) throws NotAList {
        if ("http".equalsIgnoreCase(url.getScheme())) {
            throw new NotAList("is not safe, because anybody on the path could change the list; write https://");
        }
        if (!"https".equalsIgnoreCase(url.getScheme()) || url.getHost() == null) {
            throw new NotAList("is not the URL of a list; write " + UrlList.PREFIX + "https://HOST/PATH");
        }
        if (url.getRawUserInfo() != null) {
            throw new NotAList(
                    "holds a user or a password, which Portero does not send; fetch such a list with a program"
                            + " of your own, and use file:/PATH");
        }
        if (url.getPort() == 0 || url.getPort() > HIGHEST_PORT) {
            throw new NotAList("has no port from 1 to " + HIGHEST_PORT);
        }
        checkHost(url.getHost());
        checkPointer(Optional.ofNullable(url.getFragment()));
        return "https://" + url.getRawAuthority().toLowerCase(Locale.ROOT)
                + (url.getRawPath().isEmpty() ? "/" : url.getRawPath())
                + (url.getRawQuery() == null ? "" : "?" + url.getRawQuery())
                + (url.getRawFragment() == null ? "" : "#" + url.getRawFragment());
    }

    private static void checkHost(String host) throws NotAList {
        var bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        if (!Ip.looksLikeOne(bare)) {
            if (!SourcesParser.isHostName(host)) {
                throw new NotAList("has no host; write its full name, such as lists.example, or its address");
            }
            return;
        }
        try {
            Ip.parse(bare);
        } catch (Ip.NotAnAddress e) {
            throw new NotAList("names no host: " + e.getMessage());
        }
    }

    private static void checkPointer(Optional<String> pointer) throws NotAList {
        if (pointer.isPresent()
                && (!pointer.get().startsWith("/")
                        || BAD_POINTER.matcher(pointer.get()).matches())) {
            throw new NotAList("has no JSON pointer after #; write one that starts with /, with * for every"
                    + " entry, such as"
                    + " #/prefixes/*/ip_prefix");
        }
    }
}
