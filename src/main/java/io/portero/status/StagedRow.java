package io.portero.status;

import io.portero.apply.Firewall.Count;
import io.portero.compile.StageChange;
import io.portero.stage.StageGaps;
import io.portero.stage.StageTable;
import io.portero.stage.Staged;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The staged policy, and where its verdicts differ from the policy in force.
 *
 * @param since when the counting began
 * @param problem why it judges nothing now
 * @param gaps the parts that are not compared
 * @param differences packet counts, by change and service
 * @param wouldDrop sources that are admitted now, the busiest first
 * @param wouldAdmit sources that are dropped now, the busiest first
 */
public record StagedRow(
        String file,
        Instant since,
        Instant until,
        long secondsLeft,
        Optional<String> problem,
        StageGaps gaps,
        List<Difference> differences,
        Counted<DroppedRow> wouldDrop,
        Counted<DroppedRow> wouldAdmit) {
    private static final int FLOWS = 500;
    private static final Counted<DroppedRow> NOBODY = new Counted<>(0, List.of());

    public StagedRow {
        differences = List.copyOf(differences);
    }

    /** @param change drop or admit: what the staged policy would do */
    public record Difference(String change, String service, Count count) {}

    /** The row before the kernel was read. */
    static StagedRow of(Staged staged, Instant now) {
        var differences = new ArrayList<Difference>();
        for (var change : StageChange.values()) {
            staged.counters().stream()
                    .flatMap(c -> change.serviceOfCounter(c).stream())
                    .forEach(service -> differences.add(new Difference(change.word(), service, Count.ZERO)));
        }
        return new StagedRow(
                staged.file(),
                staged.since().truncatedTo(ChronoUnit.SECONDS),
                staged.until().truncatedTo(ChronoUnit.SECONDS),
                Math.max(0, Duration.between(now, staged.until()).toSeconds()),
                staged.problem(),
                staged.gaps(),
                differences,
                NOBODY,
                NOBODY);
    }

    StagedRow with(StageTable.Differences found) {
        var counted = Stream.of(StageChange.values())
                .flatMap(change -> found.counters().entrySet().stream()
                        .flatMap(e -> change.serviceOfCounter(e.getKey()).stream()
                                .map(service -> new Difference(change.word(), service, e.getValue()))))
                .sorted(Comparator.comparing(Difference::change, Comparator.reverseOrder())
                        .thenComparing(Difference::service))
                .toList();
        return new StagedRow(
                file,
                since,
                until,
                secondsLeft,
                problem,
                gaps,
                counted.isEmpty() ? differences : counted,
                rows(found, StageChange.DROP),
                rows(found, StageChange.ADMIT));
    }

    private static Counted<DroppedRow> rows(StageTable.Differences found, StageChange change) {
        var rows = found.sources().stream()
                .filter(s -> s.change() == change)
                .map(s -> DroppedRow.of(s.what()).towards(Optional.of(s.service())))
                .sorted(Comparator.comparingLong(DroppedRow::packets)
                        .reversed()
                        .thenComparingLong(DroppedRow::secondsAgo)
                        .thenComparing(DroppedRow::address))
                .toList();
        return Counted.of(rows, FLOWS);
    }

    /** How many packets the staged policy would drop, or would admit. */
    public long packets(StageChange change) {
        return differences.stream()
                .filter(d -> d.change().equals(change.word()))
                .mapToLong(d -> d.count().packets())
                .sum();
    }

    /** In a few words, without the file. */
    public String inWords() {
        return problem.map(why -> "is not being tried at present: " + why)
                .orElseGet(() -> "packets that are admitted now but would be dropped: " + packets(StageChange.DROP)
                        + ", dropped now but would be admitted: " + packets(StageChange.ADMIT));
    }
}
