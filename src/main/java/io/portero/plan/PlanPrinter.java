package io.portero.plan;

import io.portero.compile.Chain;
import io.portero.compile.NamedSet;
import io.portero.compile.Ruleset;
import io.portero.compile.RulesetPrinter;
import io.portero.compile.VerdictMap;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** Writes plans and changes of timed sets as nft scripts. */
public final class PlanPrinter {
    private PlanPrinter() {}

    /** One script, which nft loads as one transaction; consecutive additions form one block. */
    public static String print(List<? extends Statement> transaction) {
        var text = new StringBuilder();
        var block = new Block();
        for (var statement : transaction) {
            switch (statement) {
                case Step.Addition addition -> block.take(addition);
                case Step.Command command -> {
                    text.append(block.print()).append(print(command));
                    block = new Block();
                }
                case TimedChange change -> {
                    text.append(block.print()).append(print(change));
                    block = new Block();
                }
            }
        }
        return text.append(block.print()).toString();
    }

    /** Additions, as a part of a ruleset. */
    private static final class Block {
        private final SortedSet<String> counters = new TreeSet<>();
        private final List<NamedSet> sets = new ArrayList<>();
        private final List<VerdictMap> maps = new ArrayList<>();
        private final SequencedMap<String, Chain> chains = new LinkedHashMap<>();

        void take(Step.Addition addition) {
            switch (addition) {
                case Step.AddCounter(var name) -> counters.add(name);
                case Step.AddSet(var set) -> sets.add(set);
                case Step.AddMap(var map) -> maps.add(map);
                case Step.AddChain(var chain) -> chains.put(chain.name(), chain.empty());
                case Step.FillChain(var chain) ->
                    chains.merge(chain.name(), chain.withoutHook(), (made, filled) -> chain);
            }
        }

        String print() {
            var part = new Ruleset(counters, sets, maps, List.copyOf(chains.values()));
            return part.isEmpty() ? "" : RulesetPrinter.block(part);
        }
    }

    private static String print(Step.Command step) {
        return switch (step) {
            case Step.AddTable table -> RulesetPrinter.addTable();
            case Step.CreateTable create -> "create table " + Ruleset.TABLE + "\n";
            case Step.ChangeMembers change ->
                change.refill()
                        .map(all -> RulesetPrinter.flushSet(change.set()) + elements("add", change.set(), all))
                        .orElseGet(() -> elements("delete", change.set(), change.remove())
                                + elements("add", change.set(), change.add()));
            case Step.ChangeElements change ->
                RulesetPrinter.elements("delete", change.map(), change.remove())
                        + RulesetPrinter.elements("add", change.map(), change.add());
            case Step.FlushChain flush -> RulesetPrinter.flushChain(flush.name());
            case Step.Delete delete -> RulesetPrinter.delete(delete.kind(), delete.name());
        };
    }

    private static String print(TimedChange change) {
        return switch (change) {
            case TimedChange.Put put ->
                (put.areNew()
                                ? ""
                                : taken(
                                        put.set(),
                                        put.members().stream()
                                                .map(TimedMember::address)
                                                .toList()))
                        + RulesetPrinter.elements(
                                "add",
                                put.set(),
                                put.members().stream().map(PlanPrinter::timed).toList());
            case TimedChange.Refill refill ->
                RulesetPrinter.flushSet(refill.set())
                        + RulesetPrinter.elements(
                                "add",
                                refill.set(),
                                refill.members().stream()
                                        .map(PlanPrinter::timed)
                                        .toList());
            case TimedChange.Take take -> taken(take.set(), take.addresses());
        };
    }

    /**
     * Deleting an absent member fails, and adding a present member keeps its old timeout. So each member is added,
     * deleted and added again.
     */
    private static String taken(String set, List<Ip> addresses) {
        var words = addresses.stream().map(Ip::toString).toList();
        return RulesetPrinter.elements("add", set, words) + RulesetPrinter.elements("delete", set, words);
    }

    private static String timed(TimedMember member) {
        var left = member.timeout().map(l -> " timeout " + duration(l)).orElse("");
        return member.range() + left + (member.note().isEmpty() ? "" : " comment \"" + member.note() + "\"");
    }

    /** nft 1.0.6 reads at most eight digits of a number, so not 3650 days in seconds. */
    private static String duration(Duration time) {
        long days = time.toDays();
        long seconds = time.minusDays(days).toSeconds();
        return (days > 0 ? days + "d" : "") + (seconds > 0 || days == 0 ? seconds + "s" : "");
    }

    private static String elements(String verb, String set, List<AddressRange> ranges) {
        return RulesetPrinter.elements(
                verb, set, ranges.stream().map(AddressRange::toString).toList());
    }
}
