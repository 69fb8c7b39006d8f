package io.portero.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.DateTimeException;
import java.util.List;
import java.util.Optional;

/** A status document as text in JSON, the same for the command, the file and the network. */
public final class StatusJson {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private StatusJson() {}

    /** In one line. */
    public static String compact(StatusDocument status) {
        return StatusForms.DOCUMENT.write().apply(status).toString();
    }

    public static String pretty(StatusDocument status) {
        return pretty(StatusForms.DOCUMENT, status);
    }

    /** Only this part of a status. */
    public static String pretty(Counted<DroppedRow> wouldDrop) {
        return pretty(StatusForms.FLOWS, wouldDrop);
    }

    /** An object that holds the list. */
    public static String pretty(List<BanRow> bans) {
        return pretty(StatusForms.BANS, bans);
    }

    /** An object that holds the guests. */
    public static String guests(List<GuestRow> guests) {
        return pretty(StatusForms.GUESTS, guests);
    }

    /** An object that holds the lists. */
    public static String lists(List<ListRow> lists) {
        return pretty(ListForms.LISTS, lists);
    }

    /** Only the staged policy. */
    public static String staged(StagedRow staged) {
        return pretty(StageForms.STAGED, staged);
    }

    private static <V> String pretty(JsonForm<V> form, V value) {
        return form.write().apply(value).toPrettyString() + "\n";
    }

    /** Nothing if the text is no status; unknown fields are skipped. */
    public static Optional<StatusDocument> read(String text) {
        try {
            return Optional.of(MAPPER.readTree(text))
                    .filter(node -> node.isObject())
                    .map(StatusForms.DOCUMENT.read());
        } catch (JsonProcessingException | DateTimeException e) {
            return Optional.empty();
        }
    }
}
