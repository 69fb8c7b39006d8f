package io.portero.plan;

import io.portero.compile.Ruleset;
import io.portero.compile.RulesetPrinter;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.util.List;
import java.util.stream.Collectors;

/** Writes steps as an nft script. */
public final class PlanPrinter {
    private PlanPrinter() {}

    /** One script, which nft takes as one transaction. */
    public static String print(List<Step> transaction) {
        return transaction.stream().map(PlanPrinter::print).collect(Collectors.joining());
    }

    private static String print(Step step) {
        return switch (step) {
            case Step.AddTable table -> RulesetPrinter.addTable();
            case Step.CreateTable create -> "create table " + Ruleset.TABLE + "\n";
            case Step.AddCounter counter -> RulesetPrinter.addCounter(counter.name());
            case Step.AddSet add -> RulesetPrinter.addSet(add.set());
            case Step.ChangeMembers change ->
                change.refill()
                        .map(all -> RulesetPrinter.flushSet(change.set()) + elements("add", change.set(), all))
                        .orElseGet(() -> elements("delete", change.set(), change.remove())
                                + elements("add", change.set(), change.add()));
            case Step.PutTimed put ->
                taken(
                                put.set(),
                                put.members().stream().map(TimedMember::address).toList())
                        + RulesetPrinter.elements(
                                "add",
                                put.set(),
                                put.members().stream().map(PlanPrinter::timed).toList());
            case Step.TakeTimed take -> taken(take.set(), take.addresses());
            case Step.AddMap add ->
                RulesetPrinter.addMap(add.map())
                        + RulesetPrinter.elements(
                                "add", add.map().name(), add.map().elements());
            case Step.ChangeElements change ->
                RulesetPrinter.elements("delete", change.map(), change.remove())
                        + RulesetPrinter.elements("add", change.map(), change.add());
            case Step.AddChain add -> RulesetPrinter.addChain(add.chain());
            case Step.FillChain fillChain -> RulesetPrinter.addRules(fillChain.chain());
            case Step.FlushChain flush -> RulesetPrinter.flushChain(flush.name());
            case Step.Delete delete -> RulesetPrinter.delete(delete.kind(), delete.name());
        };
    }

    /** What is not there cannot be deleted, and what is there keeps its timeout when it is added: so it is added first. */
    private static String taken(String set, List<Ip> addresses) {
        var words = addresses.stream().map(Ip::toString).toList();
        return RulesetPrinter.elements("add", set, words) + RulesetPrinter.elements("delete", set, words);
    }

    private static String timed(TimedMember member) {
        var left = member.left()
                .map(l -> " timeout " + Math.max(1, l.toMillis()) + "ms")
                .orElse("");
        return member.address() + left + (member.note().isEmpty() ? "" : " comment \"" + member.note() + "\"");
    }

    private static String elements(String verb, String set, List<AddressRange> ranges) {
        return RulesetPrinter.elements(
                verb, set, ranges.stream().map(AddressRange::toString).toList());
    }

    /** The script that takes the whole table away. */
    public static String removal() {
        return "delete table " + Ruleset.TABLE + "\n";
    }
}
