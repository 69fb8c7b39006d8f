package io.portero.nft;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * One element of an address set, parsed without a JSON tree, because there may be 100,000.
 *
 * <p>It is a plain value, or below {@code elem} and {@code val} if it has a comment, a counter or a timeout. Elements
 * of other types have no address.
 */
final class Element {
    private String first = "";
    private String last = "";
    private int prefix = -1;
    private Optional<Duration> left = Optional.empty();
    private String comment = "";

    private Element() {}

    static Element read(JsonParser parser) throws IOException {
        var element = new Element();
        element.value(parser);
        return element;
    }

    private void value(JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            first = parser.getText();
        } else {
            Listing.fields(parser, this::form);
        }
    }

    private void form(String name, JsonParser value) throws IOException {
        switch (name) {
            case "elem" -> Listing.fields(value, this::detail);
            case "prefix" -> Listing.fields(value, this::network);
            case "range" -> Listing.elements(value, this::end);
            default -> value.skipChildren();
        }
    }

    private void detail(String name, JsonParser value) throws IOException {
        switch (name) {
            case "val" -> value(value);
            case "expires" -> left = Optional.of(Duration.ofSeconds(value.getValueAsLong()));
            case "comment" -> comment = value.getValueAsString("");
            default -> value.skipChildren();
        }
    }

    private void network(String name, JsonParser value) throws IOException {
        switch (name) {
            case "addr" -> first = value.getValueAsString("");
            case "len" -> prefix = value.getValueAsInt();
            default -> value.skipChildren();
        }
    }

    private void end(JsonParser value) throws IOException {
        if (first.isEmpty()) {
            first = value.getValueAsString("");
        } else {
            last = value.getValueAsString("");
        }
        value.skipChildren();
    }

    Optional<AddressRange> range() {
        try {
            var start = Ip.parse(first);
            if (prefix >= 0) {
                return prefix > start.family().bits()
                        ? Optional.empty()
                        : Optional.of(AddressRange.network(start, prefix));
            }
            var end = last.isEmpty() ? start : Ip.parse(last);
            return start.family() == end.family() && start.compareTo(end) <= 0
                    ? Optional.of(new AddressRange(start, end))
                    : Optional.empty();
        } catch (Ip.NotAnAddress e) {
            return Optional.empty();
        }
    }

    Optional<TimedMember> member() {
        return range().map(r -> new TimedMember(r, left, comment));
    }
}
