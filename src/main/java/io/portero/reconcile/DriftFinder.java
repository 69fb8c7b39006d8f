package io.portero.reconcile;

import io.portero.plan.Plan;
import io.portero.plan.Step;
import io.portero.reconcile.Drift.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Says what must have been done to our table, from what it takes to put it right. */
final class DriftFinder {
    private DriftFinder() {}

    static List<Drift> find(Plan.Update repair) {
        if (repair.fill().contains(new Step.AddTable())) {
            return List.of(new Drift(Kind.TABLE, "the table was deleted"));
        }
        var drifts = new ArrayList<Drift>();
        Stream.of(repair.fill(), repair.switchOver(), repair.clear())
                .flatMap(List::stream)
                .forEach(step -> drift(step, repair).ifPresent(drifts::add));
        return drifts;
    }

    private static Optional<Drift> drift(Step step, Plan.Update repair) {
        return switch (step) {
            case Step.AddTable table -> found(Kind.TABLE, "the table was put to sleep");
            case Step.AddCounter counter -> found(Kind.SET, "counter " + counter.name() + " was deleted");
            case Step.AddSet add -> found(Kind.SET, "set " + add.set().name() + " was deleted");
            case Step.ChangeMembers change ->
                found(
                        Kind.ELEMENT,
                        members(
                                change.set(),
                                change.add().size(),
                                change.remove().size()));
            case Step.AddMap add -> found(Kind.SET, "map " + add.map().name() + " was deleted");
            case Step.ChangeElements change ->
                found(
                        Kind.ELEMENT,
                        members(
                                change.map(),
                                change.add().size(),
                                change.remove().size()));
            case Step.AddChain add -> found(Kind.CHAIN, "chain " + add.chain().name() + " was deleted");
            case Step.FlushChain flush ->
                repair.clear().contains(step)
                        ? Optional.empty() // part of deleting a foreign chain, which is told by itself
                        : found(Kind.RULE, "rules of chain " + flush.name() + " were changed");
            case Step.FillChain fill -> Optional.empty();
            case Step.Delete delete ->
                repair.clear().contains(step)
                        ? found(kindOf(delete.kind()), delete.kind() + " " + delete.name() + " was added")
                        : found(kindOf(delete.kind()), delete.kind() + " " + delete.name() + " was exchanged");
        };
    }

    private static String members(String set, int missing, int foreign) {
        if (foreign == 0) {
            return missing + " members of " + set + " were deleted";
        }
        return missing == 0 ? foreign + " members of " + set + " were added" : "members of " + set + " were changed";
    }

    private static Kind kindOf(String object) {
        return object.equals("chain") ? Kind.CHAIN : Kind.SET;
    }

    private static Optional<Drift> found(Kind kind, String sentence) {
        return Optional.of(new Drift(kind, sentence));
    }
}
