package io.portero.plan;

import java.nio.charset.StandardCharsets;

/**
 * The form of notes that nft can read back as it printed them.
 *
 * <p>nft 1.0.6 knows no escape for a quote, and takes at most 128 bytes. Letters and digits of any script stay, and
 * printable ASCII except the quote and the backslash; any other character becomes a question mark.
 */
public final class TimedNote {
    private static final int LONGEST = 128;

    private TimedNote() {}

    public static String of(String text) {
        if (isPlain(text)) {
            return text;
        }
        var note = new StringBuilder();
        int bytes = 0;
        for (int point : text.codePoints().toArray()) {
            var fit = fits(point) ? Character.toString(point) : "?";
            bytes += fit.getBytes(StandardCharsets.UTF_8).length;
            if (bytes > LONGEST) {
                break;
            }
            note.append(fit);
        }
        return note.toString();
    }

    private static boolean isPlain(String text) {
        return text.length() <= LONGEST && text.chars().allMatch(c -> c < 128 && fits(c));
    }

    private static boolean fits(int point) {
        return point < 128
                ? point >= ' ' && point < 127 && point != '"' && point != '\\'
                : Character.isLetterOrDigit(point);
    }
}
