package io.portero.compile;

import io.portero.compile.Chain.Hook;
import io.portero.policy.Family;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Turns a policy into the ruleset that enforces it.
 *
 * <p>A packet passes these checks in order: trusted interfaces, deny and bans, answers, invalid packets, then one
 * look-up of protocol and port, which leads to the chain of a service, which looks the source up in sets; last,
 * whether it is addressed to this host. If the kernel delivers another packet here after all, a chain at hook input
 * drops it. The cost of a packet grows
 * with the number of trusted interfaces, of denied groups, and of the groups that its service names, with nothing else.
 */
public final class PolicyCompiler {
    /** The chain for answers to this host. */
    private static final String ANSWERS = "answers";
    /** The chain for answers from revoked addresses. */
    private static final String NO_ANSWERS = "revoked";
    /** The chain for packets that connection tracking finds unusual. */
    private static final String UNUSUAL = "unusual";
    /** The chain that looks up IPv6 sources in the sets of banned ones. */
    private static final String BANNED_V6 = "banned.v6";

    private final Policy policy;
    private final SortedMap<String, NamedSet> sets = new TreeMap<>();
    private final SourceSets sources;
    private final List<Chain> chains = new ArrayList<>();

    private PolicyCompiler(Policy policy) {
        this.policy = policy;
        this.sources = new SourceSets(policy, sets);
    }

    public static Ruleset compile(Policy policy) {
        return new PolicyCompiler(policy).compile();
    }

    private Ruleset compile() {
        chains.addAll(DropChains.of(policy.mode(), sets));
        chains.add(NecessaryTraffic.chain());
        chains.add(Delivery.notOurs(policy.trustedInterfaces()));
        chains.add(Delivery.input());
        var services = new ServiceChains(policy, sources);
        var entries = new ArrayList<>(NecessaryTraffic.entries(ping("icmp", Family.V4), ping("icmpv6", Family.V6)));
        for (var service : policy.enabledServices()) {
            chains.addAll(services.chains(service));
            entries.add(services.entry(service));
        }
        var dispatch = Dispatch.of(entries);
        chains.addAll(dispatch.chains());
        sources.addTimed(NamedSet.BANNED, false);
        sources.addTimed(NamedSet.BANNED_NETS, true);
        sources.addTimed(NamedSet.REVOKED, false);
        chains.add(bannedV6());
        chains.add(noAnswers(dispatch));
        chains.add(answers());
        chains.add(unusual());
        chains.addAll(services.limits().chainsOfBanned());
        var outgoing = OutgoingChains.of(policy, sources, sets);
        chains.addAll(outgoing.chains());
        chains.add(base(dispatch, services.limits()));
        var maps = Stream.concat(dispatch.maps().stream(), outgoing.maps().stream())
                .toList();
        return new Ruleset(counters(), List.copyOf(sets.values()), maps, chains);
    }

    private Chain base(Dispatch dispatch, LimitChains limits) {
        var rules = new ArrayList<Rule>();
        rules.add(trust(InterfacePattern.LOOPBACK));
        policy.trustedInterfaces().stream()
                .filter(i -> !i.equals(InterfacePattern.LOOPBACK))
                .forEach(i -> rules.add(trust(i)));
        rules.addAll(sources.matching(
                "deny", policy.deny(), "deny.from", SourceSets.BOTH, "", "goto " + Reason.DENY.chain()));
        rules.addAll(banned(Family.V4));
        rules.add(new Rule("banned", "meta nfproto ipv6 jump " + BANNED_V6));
        rules.add(new Rule("answers to this host", "ct direction reply goto " + ANSWERS));
        rules.addAll(limits.banned());
        rules.add(new Rule("ICMP about a known flow, and invalid", "ct state related,invalid jump " + UNUSUAL));
        rules.addAll(dispatch.lookUp());
        rules.add(Delivery.askWhose());
        rules.add(new Rule("untracked", "ct state untracked goto " + Reason.UNTRACKED.chain()));
        rules.add(new Rule("no service", "goto " + Reason.NO_SERVICE.chain()));
        return new Chain("prerouting", Optional.of(Hook.CHOKE_POINT), rules);
    }

    /** The rules that refuse banned sources, independent of the policy. */
    public static List<Rule> bannedLookUps() {
        return SourceSets.BOTH.stream()
                .flatMap(family -> banned(family).stream())
                .toList();
    }

    private static Rule trust(InterfacePattern trusted) {
        return new Rule("trusted-interfaces: " + trusted, InterfaceMatch.in(trusted) + " accept");
    }

    private static List<Rule> banned(Family family) {
        var rules = new ArrayList<Rule>();
        var end = "goto " + Reason.BANNED.chain();
        rules.addAll(SourceSets.lookUp("banned", NamedSet.BANNED, List.of(family), "", end));
        rules.addAll(SourceSets.lookUp("banned networks", NamedSet.BANNED_NETS, List.of(family), "", end));
        return rules;
    }

    /** A separate chain, so that an IPv4 packet, as most media packets are, passes only one rule for it. */
    private static Chain bannedV6() {
        return Chain.of(BANNED_V6, banned(Family.V6));
    }

    /** A separate chain, so that a packet that is not an answer passes only one rule for it. */
    private static Chain answers() {
        var rules = new ArrayList<>(
                SourceSets.lookUp("revoked", NamedSet.REVOKED, SourceSets.BOTH, "", "goto " + NO_ANSWERS));
        rules.add(new Rule("answers to this host", "accept"));
        return Chain.of(ANSWERS, rules);
    }

    /** A separate chain, so that a packet of a flow passes one rule for both. */
    private static Chain unusual() {
        return Chain.of(
                UNUSUAL,
                List.of(
                        new Rule("ICMP about a known flow", "ct state related meta l4proto { 1, 58 } accept"),
                        new Rule(
                                "invalid",
                                "ct state invalid " + Delivery.TO_THIS_HOST + " goto " + Reason.INVALID.chain())));
    }

    /** An answer from a revoked address passes only if a service would admit the packet anyway. */
    private static Chain noAnswers(Dispatch dispatch) {
        var rules = dispatch.lookUp();
        rules.add(new Rule("revoked", "goto " + Reason.REVOKED.chain()));
        return Chain.of(NO_ANSWERS, rules);
    }

    /** The sources that may ping, for the dispatch entry of ICMP or ICMPv6. */
    private List<Rule> ping(String protocol, Family family) {
        return sources.matching(
                "ping", policy.ping(), "ping.from", List.of(family), protocol + " type echo-request ", "accept");
    }

    private TreeSet<String> counters() {
        var counters = new TreeSet<String>();
        chains.forEach(chain -> chain.rules().forEach(rule -> counters.addAll(rule.counters())));
        return counters;
    }
}
