package io.portero.compile;

import io.portero.compile.Chain.Hook;
import io.portero.policy.Family;
import io.portero.policy.Mode;
import io.portero.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The rules for some seconds before a policy is enforced on a host that tracked no connections: the policy in mode
 * observe, which drops nothing, and chains that let connection tracking learn which side started each existing flow.
 *
 * <p>Connection tracking assumes that the sender of the first packet that it sees started the flow. If that packet is
 * an answer, the flow is recorded in the wrong direction for its whole life, and the answers would be treated as new
 * packets from outside. So, before connection tracking (-200), packets are exempted from it (notrack) until the side
 * that is assumed to have started the flow sends one: the other host if this host listens on the TCP port, otherwise
 * this host. A SYN shows by itself who starts. For UDP this is a guess, and a safe one for ports that the policy
 * closes: a flow that is wrongly assumed to be this host's own continues as long as both sides send, and nothing is
 * cut.
 */
public final class LearningRules {
    private static final int BEFORE_TRACKING = -300;
    private static final String LEARNING = "learning";
    private static final String INCOMING = "learning.in";
    private static final String OUTGOING = "learning.out";
    private static final String SPOKEN = "learning.spoken";
    private static final String HEARD = "learning.heard";
    private static final String WITH_PORTS = "meta l4proto { 6, 17, 132 } ";
    private static final String SYN = "tcp flags & (syn | ack) == syn accept";

    private LearningRules() {}

    /**
     * The rulesets to apply, one after the other. The kernel starts connection tracking when it loads the first rule
     * that needs it, before any rule of that transaction is in force. So the first ruleset exempts all packets and
     * needs no tracking, the second one starts tracking behind that exemption, and the third one lets the kernel learn.
     *
     * @param listening the ports at which this host listens for TCP
     */
    public static List<Ruleset> stages(Policy policy, SortedSet<Integer> listening) {
        var observing = PolicyCompiler.compile(policy.with(Mode.OBSERVE));
        var exempting = List.of(
                hooked(INCOMING, "prerouting", List.of("notrack")), hooked(OUTGOING, "output", List.of("notrack")));
        return List.of(
                new Ruleset(new TreeSet<>(), List.of(), List.of(), exempting),
                with(observing, List.of(), exempting),
                learning(observing, listening));
    }

    private static Ruleset learning(Ruleset observing, SortedSet<Integer> listening) {
        var sets = new ArrayList<NamedSet>();
        for (var family : Family.values()) {
            sets.add(new NamedSet.Learnt(name(SPOKEN, family), family));
            sets.add(new NamedSet.Learnt(name(HEARD, family), family));
        }
        var chains = new ArrayList<Chain>();
        chains.add(Chain.of("learning.came", all(noted(HEARD, "saddr", "th sport . th dport"), "accept")));
        chains.add(Chain.of("learning.answered", all(known(HEARD, "daddr", "th dport . th sport"), SYN, "notrack")));
        var in = new ArrayList<String>(List.of("iifname \"lo\" accept", "meta l4proto != { 6, 17, 132 } accept"));
        var out = new ArrayList<String>(List.of("oifname \"lo\" accept"));
        if (!listening.isEmpty()) {
            var ports = listening.stream().map(String::valueOf).collect(Collectors.joining(", ", "{ ", " }"));
            in.add("tcp dport " + ports + " goto learning.came");
            out.add("tcp sport " + ports + " goto learning.answered");
        }
        in.add(SYN);
        in.addAll(known(SPOKEN, "saddr", "th sport . th dport"));
        in.add("fib daddr type local notrack");
        out.addAll(noted(SPOKEN, "daddr", "th dport . th sport"));
        chains.add(hooked(INCOMING, "prerouting", in));
        chains.add(hooked(OUTGOING, "output", out));
        return with(observing, sets, chains);
    }

    /** The base chain must stay the last chain. */
    private static Ruleset with(Ruleset rules, List<NamedSet> sets, List<Chain> chains) {
        return new Ruleset(
                rules.counters(),
                Stream.concat(rules.sets().stream(), sets.stream()).toList(),
                rules.maps(),
                Stream.concat(chains.stream(), rules.chains().stream()).toList());
    }

    private static String name(String set, Family family) {
        return set + "_" + family.suffix();
    }

    private static List<String> noted(String set, String address, String ports) {
        return both(WITH_PORTS + "update @%s { %s . meta l4proto . " + ports + " }", set, address);
    }

    private static List<String> known(String set, String address, String ports) {
        return both("%2$s . meta l4proto . " + ports + " @%1$s accept", set, address);
    }

    private static List<String> both(String rule, String set, String address) {
        return List.of(
                String.format(rule, name(set, Family.V4), "ip " + address),
                String.format(rule, name(set, Family.V6), "ip6 " + address));
    }

    private static List<Rule> all(List<String> first, String... more) {
        var texts = new ArrayList<>(first);
        texts.addAll(List.of(more));
        return rules(texts);
    }

    private static List<Rule> rules(List<String> texts) {
        return texts.stream().map(text -> new Rule(LEARNING, text)).toList();
    }

    private static Chain hooked(String name, String hook, List<String> texts) {
        return new Chain(name, Optional.of(new Hook("filter", hook, BEFORE_TRACKING, "accept")), rules(texts));
    }
}
