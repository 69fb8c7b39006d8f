package io.portero.plan;

import io.portero.policy.AddressRange;
import io.portero.policy.FirstFew;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Describes what a plan would change in the kernel, one line for each object. */
public final class PlanInWords {
    private static final int MEMBERS_SHOWN = 5;
    private static final int ADDED_SHOWN = 6;

    private PlanInWords() {}

    /** @param added the kind of object that is new, empty for every other change */
    private record Line(String text, String added) {
        Line(String text) {
            this(text, "");
        }

        static Line adding(String kind, String name, String detail) {
            return new Line("add " + kind + " " + name + detail, kind);
        }

        boolean isNewLike(Line other) {
            return !added.isEmpty() && added.equals(other.added);
        }
    }

    /** One line for each object; empty for a plan that does nothing. */
    public static List<String> of(Plan plan) {
        return lines(plan).stream().map(Line::text).toList();
    }

    /** The same for people: when a plan adds many objects of a kind, such as the first plan of a host, it counts them. */
    public static List<String> brief(Plan plan) {
        var lines = lines(plan);
        var brief = new LinkedHashSet<String>();
        for (var line : lines) {
            long alike = lines.stream().filter(l -> l.isNewLike(line)).count();
            brief.add(alike > ADDED_SHOWN ? "add " + alike + " " + line.added() + "s" : line.text());
        }
        return List.copyOf(brief);
    }

    private static List<Line> lines(Plan plan) {
        return switch (plan) {
            case Plan.Keep keep -> List.of();
            case Plan.Update update -> lines(update);
            case Plan.Remove remove -> List.of(new Line("delete table inet portero"));
        };
    }

    /** Leaves out temporary sets: only their changed members are listed, under the real name. */
    private static List<Line> lines(Plan.Update update) {
        var lines = new ArrayList<Line>();
        for (var transaction : List.of(update.fill(), update.switchOver(), update.clear())) {
            for (var step : transaction) {
                if (!isTemporary(step, update.temporarySets())) {
                    line(step, transaction).ifPresent(lines::add);
                }
            }
        }
        return lines;
    }

    private static boolean isTemporary(Step step, Set<String> temporary) {
        return step instanceof Step.AddSet(var set) && temporary.contains(set.name())
                || step instanceof Step.ChangeMembers change && temporary.contains(change.set());
    }

    private static Optional<Line> line(Step step, List<Step> transaction) {
        return switch (step) {
            case Step.AddTable table -> Optional.of(new Line("add table inet portero"));
            case Step.CreateTable table -> Optional.of(new Line("add table inet portero"));
            case Step.AddCounter counter -> Optional.of(Line.adding("counter", counter.name(), ""));
            case Step.AddSet add -> Optional.of(Line.adding("set", add.set().name(), ""));
            case Step.ChangeMembers change ->
                Optional.of(new Line(
                        "change set " + change.set() + ": " + change(ranges(change.add()), ranges(change.remove()))));
            case Step.AddMap add ->
                Optional.of(Line.adding(
                        "map",
                        add.map().name(),
                        " with " + counted(add.map().targets().size(), "element")));
            case Step.ChangeElements change ->
                Optional.of(new Line("change map " + change.map() + ": " + change(change.add(), change.remove())));
            case Step.AddChain add ->
                Optional.of(Line.adding(
                        "chain",
                        add.chain().name(),
                        " with " + counted(add.chain().rules().size(), "rule")));
            case Step.FillChain fill ->
                isAdded(fill.chain().name(), transaction)
                        ? Optional.empty()
                        : Optional.of(new Line("rewrite chain " + fill.chain().name() + " with "
                                + counted(fill.chain().rules().size(), "rule")));
            case Step.FlushChain flush -> Optional.empty();
            case Step.Delete delete -> Optional.of(new Line("delete " + delete.kind() + " " + delete.name()));
        };
    }

    private static boolean isAdded(String chain, List<Step> transaction) {
        return transaction.stream()
                .anyMatch(s ->
                        s instanceof Step.AddChain add && add.chain().name().equals(chain));
    }

    private static String counted(int count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
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
