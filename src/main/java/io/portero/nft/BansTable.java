package io.portero.nft;

import io.portero.compile.Chain.Hook;
import io.portero.compile.NamedSet;
import io.portero.compile.PolicyCompiler;
import io.portero.compile.Rule;
import io.portero.compile.Ruleset;
import io.portero.plan.PlanPrinter;
import io.portero.plan.Snapshot;
import io.portero.plan.Snapshot.ActualSet;
import io.portero.plan.TimedChange;
import io.portero.policy.Family;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The table {@code inet portero_bans}: the sets of banned addresses beside a sealed table, open to other programs.
 *
 * <p>It is the same whatever the policy. Its chain sees each packet right before the choke point and drops nothing: it
 * marks what comes from a banned source, with one high bit of the packet's priority, as {@code inet portero} itself
 * marks what is not addressed to this host. The rules for banned sources there ask for the mark in place of the sets.
 * So bans keep their place in the order (after trusted interfaces and the deny groups, before answers), their counter,
 * their log and {@code observe}. A program that sets the bit without a ban can only cause a drop.
 */
final class BansTable {
    private static final String MARK = "0x20000000";
    private static final String CHAIN = "prerouting";

    /** Right before the choke point. */
    private static final Hook HOOK = new Hook("filter", "prerouting", -111, "accept");

    private static final Pattern COMMAND =
            Pattern.compile("(?m)^((?:add|delete) element|flush set) " + Pattern.quote(Ruleset.TABLE) + " ");

    private static final SequencedMap<String, NamedSet.Timed> SETS = sets();
    private static final List<Rule> RULES = SETS.values().stream()
            .map(set -> new Rule(
                    "banned",
                    address(set.family()) + " saddr @" + set.name() + " meta priority set meta priority or " + MARK))
            .toList();
    /** Maps the comment of the rule with the set look-up to the rule that checks the mark, and the other way round. */
    private static final Map<String, Rule> SEALED = new LinkedHashMap<>();

    private static final Map<String, Rule> PLAIN = new LinkedHashMap<>();

    static {
        for (var plain : PolicyCompiler.bannedLookUps()) {
            var sealed = asking(plain);
            SEALED.put(plain.comment(), sealed);
            PLAIN.put(sealed.comment(), plain);
        }
    }

    private BansTable() {}

    private static SequencedMap<String, NamedSet.Timed> sets() {
        var sets = new LinkedHashMap<String, NamedSet.Timed>();
        for (var name : List.of(NamedSet.BANNED, NamedSet.BANNED_NETS)) {
            for (var family : Family.values()) {
                var set = new NamedSet.Timed(name + "_" + family.suffix(), family, name.equals(NamedSet.BANNED_NETS));
                sets.put(set.name(), set);
            }
        }
        return sets;
    }

    private static String address(Family family) {
        return switch (family) {
            case V4 -> "ip";
            case V6 -> "ip6";
        };
    }

    /** One rule for each family, so that their comments, which contain a hash of the text, differ. */
    private static Rule asking(Rule plain) {
        var condition = plain.text().substring(0, plain.text().indexOf(" goto "));
        var family = condition.startsWith("ip6") ? "ipv6" : "ipv4";
        return new Rule(
                plain.key(),
                "meta nfproto " + family + " meta priority and " + MARK + " != 0"
                        + plain.text().substring(condition.length()));
    }

    static boolean holds(String set) {
        return SETS.containsKey(set);
    }

    /** The rule as a sealed table has it. */
    static Rule sealed(Rule rule) {
        return SEALED.getOrDefault(rule.comment(), rule);
    }

    /** The form of the rule with this comment in a sealed or an unsealed table; nothing if both forms are equal. */
    static Optional<Rule> inOther(String comment, TableForm form) {
        return Optional.ofNullable((form == TableForm.SEALED ? SEALED : PLAIN).get(comment));
    }

    /** The comment that a rule of a sealed table has in a plan. */
    static String planned(String comment) {
        var plain = PLAIN.get(comment);
        return plain == null ? comment : plain.comment();
    }

    static boolean isOfSealed(String comment) {
        return PLAIN.containsKey(comment);
    }

    /** Creates the table again, whether or not it exists, with the members from a listing. */
    static String remake(Optional<Snapshot> listing) {
        var text = new StringBuilder("add table " + Ruleset.BANS_TABLE + "\ndelete table " + Ruleset.BANS_TABLE + "\n");
        text.append(block(SETS.values().stream()
                .map(set -> "\tset " + set.name() + " {\n\t\ttype " + type(set) + "\n\t\tflags "
                        + String.join(",", flags(set).stream().sorted().toList()) + "\n\t}\n")
                .collect(Collectors.joining())));
        listing.ifPresent(found -> text.append(members(found)));
        return text.toString();
    }

    /** The table with these sets in it, as nft lists them or as a script has them. */
    static String block(String sets) {
        var text = new StringBuilder("table " + Ruleset.BANS_TABLE + " {\n")
                .append(sets)
                .append("\tchain " + CHAIN + " {\n\t\ttype " + HOOK.type() + " hook " + HOOK.hook() + " priority "
                        + HOOK.priority() + "; policy " + HOOK.policy() + ";\n");
        RULES.forEach(rule -> text.append("\t\t" + rule.text() + " comment \"" + rule.comment() + "\"\n"));
        return text.append("\t}\n}\n").toString();
    }

    private static String members(Snapshot found) {
        var fills = new ArrayList<TimedChange>();
        found.sets().values().stream()
                .filter(BansTable::isWhole)
                .filter(set -> !set.timed().isEmpty())
                .forEach(set -> fills.add(new TimedChange.Refill(set.name(), set.timed())));
        return moved(PlanPrinter.print(fills));
    }

    /** Commands about members of sets, sent to this table. */
    static String moved(String commands) {
        return COMMAND.matcher(commands).replaceAll("$1 " + Ruleset.BANS_TABLE + " ");
    }

    private static String type(NamedSet.Timed set) {
        return switch (set.family()) {
            case V4 -> "ipv4_addr";
            case V6 -> "ipv6_addr";
        };
    }

    private static Set<String> flags(NamedSet.Timed set) {
        return set.networks() ? Set.of("interval", "timeout") : Set.of("timeout");
    }

    private static boolean isWhole(ActualSet set) {
        var wanted = SETS.get(set.name());
        return wanted != null && set.type().equals(type(wanted)) && set.flags().equals(flags(wanted));
    }

    /**
     * Joins the sealed table and these sets to one table, as plans expect it. Sets that are missing or have another
     * definition count as missing; any other difference counts as a change.
     */
    static Snapshot joined(Snapshot sealed, Snapshot bans) {
        var sets = new java.util.TreeMap<>(sealed.sets());
        bans.sets().values().stream().filter(BansTable::isWhole).forEach(set -> sets.put(set.name(), set));
        var others = new ArrayList<>(sealed.others());
        if (bans.present() && !isAsMade(bans)) {
            others.add(new Snapshot.Other(Snapshot.Other.CHANGED, "table " + Ruleset.BANS_TABLE));
        }
        var chains = new java.util.TreeMap<>(sealed.chains());
        chains.replaceAll((name, chain) -> new Snapshot.ActualChain(
                name,
                chain.hook(),
                chain.rules().stream()
                        .map(rule -> new Snapshot.ActualRule(planned(rule.comment()), rule.body(), rule.lookups()))
                        .toList()));
        return new Snapshot(
                sealed.lister(),
                sealed.present(),
                sealed.dormant(),
                sealed.counters(),
                sets,
                sealed.maps(),
                chains,
                others);
    }

    private static boolean isAsMade(Snapshot bans) {
        var chain = bans.chains().get(CHAIN);
        return !bans.dormant()
                && chain != null
                && chain.hook().equals(Optional.of(HOOK))
                && bans.chains().size() == 1
                && bans.maps().isEmpty()
                && bans.counters().isEmpty()
                && bans.others().isEmpty()
                && SETS.keySet().containsAll(bans.sets().keySet())
                && chain.rules().stream()
                        .map(Snapshot.ActualRule::comment)
                        .toList()
                        .equals(RULES.stream().map(Rule::comment).toList())
                && chain.rules().stream()
                        .allMatch(rule -> SETS.keySet().containsAll(rule.lookups())
                                && rule.lookups().size() == 1);
    }
}
