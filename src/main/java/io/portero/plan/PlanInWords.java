package io.portero.plan;

import io.portero.policy.AddressRange;
import io.portero.policy.FirstFew;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Describes what a plan would change in the kernel, one line for each object. */
public final class PlanInWords {
    private static final int MEMBERS_SHOWN = 5;

    private PlanInWords() {}

    /** Empty for a plan that does nothing. */
    public static List<String> of(Plan plan) {
        return switch (plan) {
            case Plan.Keep keep -> List.of();
            case Plan.Update update -> lines(update);
            case Plan.Remove remove -> List.of("delete table inet portero");
        };
    }

    /** Leaves out temporary sets: only their changed members are listed, under the real name. */
    private static List<String> lines(Plan.Update update) {
        var lines = new ArrayList<String>();
        for (var transaction : List.of(update.fill(), update.switchOver(), update.clear())) {
            for (var step : transaction) {
                var line = isPassing(step, update.passingSets()) ? "" : line(step, transaction);
                if (!line.isEmpty()) {
                    lines.add(line);
                }
            }
        }
        return lines;
    }

    private static boolean isPassing(Step step, Set<String> passing) {
        return step instanceof Step.AddSet(var set) && passing.contains(set.name())
                || step instanceof Step.ChangeMembers change && passing.contains(change.set());
    }

    private static String line(Step step, List<Step> transaction) {
        return switch (step) {
            case Step.AddTable table -> "add table inet portero";
            case Step.CreateTable table -> "add table inet portero";
            case Step.AddCounter counter -> "add counter " + counter.name();
            case Step.AddSet add -> "add set " + add.set().name();
            case Step.ChangeMembers change ->
                "change set " + change.set() + ": " + change(ranges(change.add()), ranges(change.remove()));
            case Step.AddMap add ->
                "add map " + add.map().name() + " with " + add.map().targets().size() + " elements";
            case Step.ChangeElements change ->
                "change map " + change.map() + ": " + change(change.add(), change.remove());
            case Step.AddChain add ->
                "add chain " + add.chain().name() + " with "
                        + add.chain().rules().size() + " rules";
            case Step.FillChain fill ->
                isAdded(fill.chain().name(), transaction)
                        ? ""
                        : "rewrite chain " + fill.chain().name() + " with "
                                + fill.chain().rules().size() + " rules";
            case Step.FlushChain flush -> "";
            case Step.Delete delete -> "delete " + delete.kind() + " " + delete.name();
        };
    }

    private static boolean isAdded(String chain, List<Step> transaction) {
        return transaction.stream()
                .anyMatch(s ->
                        s instanceof Step.AddChain add && add.chain().name().equals(chain));
    }

    private static List<String> ranges(List<AddressRange> ranges) {
        return ranges.stream().map(AddressRange::toString).toList();
    }

    private static String change(List<String> added, List<String> removed) {
        var parts = new ArrayList<String>();
        if (!added.isEmpty()) {
            parts.add("add " + some(added));
        }
        if (!removed.isEmpty()) {
            parts.add("remove " + some(removed));
        }
        return String.join(", ", parts);
    }

    private static String some(List<String> items) {
        return FirstFew.of(items, MEMBERS_SHOWN).toString();
    }
}
