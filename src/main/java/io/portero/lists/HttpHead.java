package io.portero.lists;

import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The status line and header of an answer (RFC 9112), bounded in length.
 *
 * @param fields by their names in lower case; of a repeated field, the first value
 */
record HttpHead(int status, Map<String, String> fields) {
    private static final int MOST_BYTES = 32 * 1024;
    private static final int MOST_INTERIM = 5;
    private static final int OK = 200;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5]\\d\\d)( .*)?");

    HttpHead {
        fields = Map.copyOf(fields);
    }

    /** Skips interim answers (1xx), which need no reaction. */
    static HttpHead read(InputStream in) throws IOException {
        for (int i = 0; i <= MOST_INTERIM; i++) {
            var head = one(in);
            if (head.status() >= OK) {
                return head;
            }
        }
        throw new Unfetched("the server sends only interim (1xx) answers");
    }

    private static HttpHead one(InputStream in) throws IOException {
        var lines = new Lines(in);
        var status = STATUS.matcher(lines.next());
        if (!status.matches()) {
            throw new Unfetched("the server does not speak HTTP");
        }
        var fields = new HashMap<String, String>();
        for (var line = lines.next(); !line.isEmpty(); line = lines.next()) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                var name = line.substring(0, colon).toLowerCase(Locale.ROOT);
                fields.putIfAbsent(name, line.substring(colon + 1).strip());
            }
        }
        return new HttpHead(Integer.parseInt(status.group(1)), fields);
    }

    Optional<String> field(String name) {
        return Optional.ofNullable(fields.get(name));
    }

    /** Reads the lines of one head, with a limit on their total length. */
    private static final class Lines {
        private final InputStream in;
        private int left = MOST_BYTES;

        private Lines(InputStream in) {
            this.in = in;
        }

        private String next() throws IOException {
            var line = HttpBody.line(in, left);
            left -= line.length() + 1;
            return line.replaceAll("\\p{Cntrl}", " ").stripTrailing();
        }
    }
}
