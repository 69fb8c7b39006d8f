package io.portero.policy;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The short name of a list on the web: its host, the last part of its path and its JSON pointer.
 *
 * <p>The rest of the path, the query and any part that looks like a key are left out, because providers put the keys of
 * their subscribers there. If something is left out, four digits distinguish such lists.
 */
final class UrlName {
    /** Long and without a dot: probably a key, not a file name. */
    private static final Pattern KEY = Pattern.compile("[^.]{20,}");

    private UrlName() {}

    static String of(String address) {
        var url = URI.create(address);
        var path = url.getRawPath() == null ? "" : url.getRawPath();
        var fragment = url.getRawFragment() == null ? "" : "#" + url.getRawFragment();
        var parts = parts(path);
        boolean hides = parts.size() > 1 || url.getRawQuery() != null;
        var name = new StringBuilder(url.getRawAuthority());
        if (parts.size() > 1) {
            name.append("/...");
        }
        if (!parts.isEmpty()) {
            boolean key = KEY.matcher(parts.getLast()).matches();
            hides |= key;
            name.append('/').append(key ? "..." : parts.getLast());
        }
        name.append(fragment);
        return hides ? name + "~" + String.format("%04x", digest(address)) : name.toString();
    }

    private static List<String> parts(String path) {
        var parts = new ArrayList<>(List.of(path.split("/")));
        parts.removeIf(String::isEmpty);
        return parts;
    }

    /** {@link String#hashCode} is the same in every Java, by its specification. */
    private static int digest(String text) {
        int hash = text.hashCode();
        return (hash ^ hash >>> 16) & 0xffff;
    }
}
