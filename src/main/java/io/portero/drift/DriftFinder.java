package io.portero.drift;

import io.portero.compile.Chain;
import io.portero.compile.Rule;
import io.portero.compile.Ruleset;
import io.portero.drift.Drift.Kind;
import io.portero.plan.Plan;
import io.portero.plan.Snapshot;
import io.portero.plan.Snapshot.ActualRule;
import io.portero.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Derives the changes that were made to our table, from its content and the repair plan. */
public final class DriftFinder {
    /** If more rules of one chain have changed, they are counted, not named. */
    private static final int NAMED = 5;

    private final Map<String, Chain> wanted;
    private final Snapshot found;
    private final Plan.Update repair;

    private DriftFinder(Ruleset wanted, Snapshot found, Plan.Update repair) {
        this.wanted = wanted.chains().stream().collect(Collectors.toMap(Chain::name, Function.identity()));
        this.found = found;
        this.repair = repair;
    }

    public static List<Drift> find(Ruleset wanted, Snapshot found, Plan.Update repair) {
        if (!found.present()) {
            return List.of(new Drift(Kind.TABLE, "", "the table was deleted"));
        }
        var finder = new DriftFinder(wanted, found, repair);
        return Stream.concat(
                        Stream.of(repair.fill(), repair.switchOver())
                                .flatMap(List::stream)
                                .filter(step -> !finder.isPassing(step))
                                .flatMap(finder::undoing),
                        repair.clear().stream().flatMap(finder::clearing))
                .distinct()
                .toList();
    }

    /** Steps of the repair for its temporary sets, and for rules that use them. */
    private boolean isPassing(Step step) {
        return switch (step) {
            case Step.AddSet add -> repair.temporarySets().contains(add.set().name());
            case Step.ChangeMembers change -> repair.temporarySets().contains(change.set());
            case Step.FlushChain flush -> repair.settle().contains(flush) && isAsWanted(flush.name());
            case Step.AddTable table -> false;
            case Step.CreateTable create -> false;
            case Step.AddCounter counter -> false;
            case Step.AddMap add -> false;
            case Step.AddChain add -> false;
            case Step.ChangeElements change -> false;
            case Step.FillChain fill -> false;
            case Step.Delete delete -> false;
        };
    }

    private boolean isAsWanted(String chain) {
        var want = wanted.get(chain);
        var have = found.chains().get(chain);
        return want != null
                && have != null
                && comments(want)
                        .equals(have.rules().stream().map(ActualRule::comment).toList());
    }

    private static List<String> comments(Chain chain) {
        return chain.rules().stream().map(Rule::comment).toList();
    }

    private Stream<Drift> undoing(Step step) {
        return switch (step) {
            case Step.AddTable table -> Stream.of(new Drift(Kind.TABLE, "", "the table was made dormant"));
            case Step.CreateTable create -> Stream.empty();
            case Step.AddCounter counter -> missing(Kind.SET, "counter", counter.name());
            case Step.AddSet add -> missing(Kind.SET, "set", add.set().name());
            case Step.AddMap add -> missing(Kind.SET, "map", add.map().name());
            case Step.AddChain add -> missing(Kind.CHAIN, "chain", add.chain().name());
            case Step.ChangeMembers change ->
                members(change.set(), change.add().size(), change.remove().size());
            case Step.ChangeElements change ->
                members(change.map(), change.add().size(), change.remove().size());
            case Step.FlushChain flush -> rules(flush.name());
            case Step.FillChain fill -> Stream.empty();
            case Step.Delete delete ->
                of(kindOf(delete.kind()), delete.name(), delete.kind() + " " + delete.name() + " was replaced");
        };
    }

    /** Objects to which no rule of ours refers must not be in the table. */
    private Stream<Drift> clearing(Step step) {
        return switch (step) {
            case Step.Delete delete
            when delete.kind().equals(Snapshot.Other.CHANGED) ->
                of(Kind.TABLE, delete.name(), delete.name() + " was changed");
            case Step.Delete delete ->
                of(kindOf(delete.kind()), delete.name(), delete.kind() + " " + delete.name() + " was added");
            case Step.ChangeMembers change ->
                members(change.set(), change.add().size(), change.remove().size());
            case Step.FlushChain flush -> Stream.empty();
            case Step.AddTable table -> Stream.empty();
            case Step.CreateTable create -> Stream.empty();
            case Step.AddCounter counter -> Stream.empty();
            case Step.AddSet add -> Stream.empty();
            case Step.ChangeElements change -> Stream.empty();
            case Step.AddMap add -> Stream.empty();
            case Step.AddChain add -> Stream.empty();
            case Step.FillChain fill -> Stream.empty();
        };
    }

    /** An object that is replaced is reported by its deletion. */
    private Stream<Drift> missing(Kind kind, String word, String name) {
        boolean remade = repair.switchOver().contains(new Step.Delete(word, name));
        return remade ? Stream.empty() : of(kind, name, word + " " + name + " was deleted");
    }

    private static Stream<Drift> members(String set, int missing, int foreign) {
        var sentences = new ArrayList<String>();
        if (missing > 0) {
            sentences.add(count(missing, "member") + " of " + set + (missing == 1 ? " was" : " were") + " deleted");
        }
        if (foreign > 0) {
            sentences.add(count(foreign, "member") + (foreign == 1 ? " was" : " were") + " added to " + set);
        }
        return sentences.stream().map(s -> new Drift(Kind.ELEMENT, set, s));
    }

    private static String count(int count, String noun) {
        return count + " " + noun + (count == 1 ? "" : "s");
    }

    private Stream<Drift> rules(String name) {
        var want = wanted.get(name);
        var have = found.chains().get(name);
        if (want == null || have == null || repair.switchOver().contains(new Step.Delete("chain", name))) {
            return Stream.empty();
        }
        return rules(name, want.rules(), have.rules()).map(s -> new Drift(Kind.RULE, name, s));
    }

    private static Stream<String> rules(String chain, List<Rule> want, List<ActualRule> have) {
        var missing = new ArrayList<>(want.stream().map(Rule::comment).toList());
        var foreign = new ArrayList<String>();
        have.forEach(rule -> {
            if (!missing.remove(rule.comment())) {
                foreign.add(rule.comment());
            }
        });
        var sentences = new ArrayList<String>();
        if (missing.size() == want.size()) {
            sentences.add("all rules of chain " + chain + " were deleted");
        } else if (!missing.isEmpty()) {
            sentences.add(named(
                            missing.stream().map(c -> key(c, want)).distinct().toList(), missing.size()) + " of chain "
                    + chain + (missing.size() == 1 ? " was" : " were") + " deleted");
        }
        if (!foreign.isEmpty()) {
            sentences.add(
                    (foreign.size() == 1 ? "a rule was" : foreign.size() + " rules were") + " added to chain " + chain);
        }
        if (sentences.isEmpty()) {
            boolean sameOrder = Objects.equals(
                    want.stream().map(Rule::comment).toList(),
                    have.stream().map(ActualRule::comment).toList());
            sentences.add("rules of chain " + chain + (sameOrder ? " were changed" : " were reordered"));
        }
        return sentences.stream();
    }

    private static String named(List<String> keys, int rules) {
        var names = keys.stream().map(k -> "\"" + k + "\"").collect(Collectors.joining(", "));
        return rules == 1 ? "rule " + names : keys.size() <= NAMED ? "rules " + names : rules + " rules";
    }

    private static String key(String comment, List<Rule> rules) {
        return rules.stream()
                .filter(r -> r.comment().equals(comment))
                .map(Rule::key)
                .findFirst()
                .orElse(comment);
    }

    private static Kind kindOf(String object) {
        return object.equals("chain") ? Kind.CHAIN : Kind.SET;
    }

    private static Stream<Drift> of(Kind kind, String object, String sentence) {
        return Stream.of(new Drift(kind, object, sentence));
    }
}
