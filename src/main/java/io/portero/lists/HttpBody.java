package io.portero.lists;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/** The body of an answer, dechunked and decompressed, and never larger than the limit for a list. */
final class HttpBody {
    private static final int LONGEST_CHUNK_LINE = 1024;
    private static final int GZIP = 0x1f8b;
    private static final String ENDED = "the answer is incomplete";

    private HttpBody() {}

    /** @param most the limit in bytes, compressed or not */
    static InputStream of(HttpHead head, InputStream in, long most) throws IOException {
        var packed = new BufferedInputStream(new Bounded(framed(head, in, most), most));
        var encoding = head.field("content-encoding").orElse("identity").toLowerCase(Locale.ROOT);
        var unpacked = switch (encoding) {
            case "identity", "" -> packed;
            case "gzip", "x-gzip" -> new GZIPInputStream(packed);
            default -> throw new Unfetched("its content encoding was not requested (" + printable(encoding) + ")");
        };
        return new Bounded(withoutGzip(new BufferedInputStream(unpacked)), most);
    }

    /** Some publishers compress the file itself. */
    private static InputStream withoutGzip(BufferedInputStream in) throws IOException {
        in.mark(2);
        int start = in.read() << 8 | in.read();
        in.reset();
        return start == GZIP ? new GZIPInputStream(in) : in;
    }

    private static InputStream framed(HttpHead head, InputStream in, long most) throws IOException {
        if (head.field("transfer-encoding").isPresent()) {
            if (!head.field("transfer-encoding").get().equalsIgnoreCase("chunked")) {
                throw new Unfetched("its transfer encoding was not requested");
            }
            return new Chunked(in);
        }
        var length = head.field("content-length");
        if (length.isEmpty() && head.field("content-encoding").isPresent()) {
            return in; // compressed data marks its own end
        }
        if (length.isEmpty()) {
            throw new Unfetched(
                    "the server does not send the length of the answer, so a truncated answer could not be noticed");
        }
        if (!length.get().matches("\\d{1,18}")) {
            throw new Unfetched("the length of the answer cannot be read");
        }
        long bytes = Long.parseLong(length.get());
        if (bytes > most) {
            throw tooLarge(most);
        }
        return new Whole(in, bytes);
    }

    static String line(InputStream in, int longest) throws IOException {
        var line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException(ENDED);
            }
            if (line.size() >= longest) {
                throw new Unfetched("the header of the answer is too long");
            }
            line.write(c);
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static String printable(String text) {
        var clean = text.replaceAll("[^ -~]", "?");
        return clean.length() <= 40 ? clean : clean.substring(0, 37) + "...";
    }

    private static Unfetched tooLarge(long most) {
        return new Unfetched("it is larger than " + most / (1024 * 1024) + " MB");
    }

    private abstract static class Some extends InputStream {
        @Override
        public final int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public abstract int read(byte[] buffer, int offset, int length) throws IOException;
    }

    /** Refuses a body over the limit. */
    private static final class Bounded extends Some {
        private final InputStream in;
        private final long most;
        private long left;

        private Bounded(InputStream in, long most) {
            this.in = in;
            this.most = most;
            this.left = most;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int read = in.read(buffer, offset, length);
            left -= Math.max(read, 0);
            if (left < 0) {
                throw tooLarge(most);
            }
            return read;
        }
    }

    /** Exactly this many bytes; fewer are an error. */
    private static final class Whole extends Some {
        private final InputStream in;
        private long left;

        private Whole(InputStream in, long bytes) {
            this.in = in;
            this.left = bytes;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = in.read(buffer, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException(ENDED);
            }
            left -= read;
            return read;
        }
    }

    /** Chunks up to the last one, which is empty (RFC 9112, section 7.1); trailers are ignored. */
    private static final class Chunked extends Some {
        private final InputStream in;
        private long left;
        private boolean first = true;
        private boolean ended;

        private Chunked(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            if (!ended && left == 0) {
                begin();
            }
            if (ended) {
                return -1;
            }
            int read = in.read(buffer, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new EOFException(ENDED);
            }
            left -= read;
            return read;
        }

        private void begin() throws IOException {
            if (!first && !line(in, LONGEST_CHUNK_LINE).isBlank()) {
                throw new Unfetched("the chunks of the answer are malformed");
            }
            first = false;
            var size = line(in, LONGEST_CHUNK_LINE).replaceFirst(";.*", "").strip();
            if (!size.matches("[0-9A-Fa-f]{1,15}")) {
                throw new Unfetched("the chunks of the answer are malformed");
            }
            left = Long.parseLong(size, 16);
            ended = left == 0;
        }
    }
}
