package io.portero.lists;

import io.portero.config.ListReading;
import io.portero.policy.AddressSet;
import io.portero.policy.Problem;
import io.portero.policy.Reference.UrlList;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Parses the body of an answer as a list: text as in files, or JSON where the policy has a pointer. */
final class ListBody {
    private ListBody() {}

    /** @throws Unfetched if any entry is wrong: a list is never used in part */
    static AddressSet read(UrlList list, InputStream in) throws IOException {
        var pointer = JsonPointer.of(URI.create(list.address()));
        return pointer.isPresent()
                ? members(list, "entry", lines(JsonStrings.read(in, pointer.get())))
                : members(list, "line", text(in));
    }

    private static String text(InputStream in) throws IOException {
        var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        var start = text.substring(0, Math.min(text.length(), 200)).stripLeading();
        if (start.startsWith("<")) {
            throw new Unfetched("the answer is a web page, not a list");
        }
        if (start.startsWith("{") || start.startsWith("[")) {
            throw new Unfetched("the answer is JSON; add a JSON pointer to the addresses after # in its URL, such as"
                    + " #/prefixes/*/ip_prefix");
        }
        return text;
    }

    /** One line for each string, so that an error can name the number. */
    private static String lines(List<String> entries) throws Unfetched {
        for (var entry : entries) {
            if (entry.isEmpty() || entry.lines().count() > 1) {
                throw new Unfetched("one of the strings in the answer is not an address");
            }
        }
        return String.join("\n", entries);
    }

    private static AddressSet members(UrlList list, String unit, String text) throws Unfetched {
        var reading = ListReading.of(list.toString(), text);
        var error = reading.error();
        if (error.isPresent()) {
            throw new Unfetched("the answer is refused as a whole: " + place(unit, error.get())
                    + error.get().sentence());
        }
        if (reading.members().isEverything()) {
            throw new Unfetched("the answer is refused: its entries together cover all addresses of a family");
        }
        return reading.members();
    }

    private static String place(String unit, Problem problem) {
        return problem.line() == 0 ? "" : unit + " " + problem.line() + ": ";
    }
}
