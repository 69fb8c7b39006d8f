package io.portero.status;

import static io.portero.status.JsonForm.INSTANT;
import static io.portero.status.JsonForm.NUMBER;
import static io.portero.status.JsonForm.TEXT;
import static io.portero.status.JsonForm.list;
import static io.portero.status.JsonForm.object;

import java.util.List;

/** The JSON forms of the lists of a policy. */
final class ListForms {
    private static final JsonForm<ListRow.Held> HELD = object(f ->
            new ListRow.Held(f.of("entries", ListRow.Held::entries, NUMBER), f.of("why", ListRow.Held::why, TEXT)));

    static final JsonForm<ListRow> LIST = object(f -> new ListRow(
            f.of("list", ListRow::list, TEXT),
            f.of("kind", ListRow::kind, TEXT),
            f.of("groups", ListRow::places, list(TEXT)),
            f.orNull("entries", ListRow::entries, NUMBER),
            f.orNull("bytes", ListRow::bytes, NUMBER),
            f.orNull("since", ListRow::since, INSTANT),
            f.orNull("age_seconds", ListRow::ageSeconds, NUMBER),
            f.orNull("next", ListRow::next, INSTANT),
            f.orNull("next_seconds", ListRow::nextSeconds, NUMBER),
            f.of("failures", ListRow::failures, NUMBER),
            f.orNull("error", ListRow::error, TEXT),
            f.orNull("held_back", ListRow::held, HELD)));

    static final JsonForm<List<ListRow>> LISTS = object(f -> f.of("lists", all -> all, list(LIST)));

    private ListForms() {}
}
