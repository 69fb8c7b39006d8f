package io.portero.status;

import static io.portero.status.JsonForm.INSTANT;
import static io.portero.status.JsonForm.NUMBER;
import static io.portero.status.JsonForm.TEXT;
import static io.portero.status.JsonForm.list;
import static io.portero.status.JsonForm.object;

import io.portero.apply.Firewall.Count;
import io.portero.stage.StageGaps;
import io.portero.status.StagedRow.Difference;

/** The JSON forms of the staged policy. */
final class StageForms {
    private static final JsonForm<Difference> DIFFERENCE = object(f -> new Difference(
            f.of("change", Difference::change, TEXT),
            f.of("service", Difference::service, TEXT),
            new Count(
                    f.of("packets", d -> d.count().packets(), NUMBER),
                    f.of("bytes", d -> d.count().bytes(), NUMBER))));

    static final JsonForm<StagedRow> STAGED = object(f -> new StagedRow(
            f.of("file", StagedRow::file, TEXT),
            f.of("since", StagedRow::since, INSTANT),
            f.of("until", StagedRow::until, INSTANT),
            f.of("seconds_left", StagedRow::secondsLeft, NUMBER),
            f.orNull("problem", StagedRow::problem, TEXT),
            new StageGaps(
                    f.of("not_compared", s -> s.gaps().notCompared(), list(TEXT)),
                    f.of("empty_lists", s -> s.gaps().emptyLists(), list(TEXT))),
            f.of("differences", StagedRow::differences, list(DIFFERENCE)),
            f.of("would_drop", StagedRow::wouldDrop, StatusForms.FLOWS),
            f.of("would_admit", StagedRow::wouldAdmit, StatusForms.FLOWS)));

    private StageForms() {}
}
