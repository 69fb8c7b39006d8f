package io.portero.compile;

import io.portero.compile.Chain.Hook;
import io.portero.compile.VerdictMap.Interval;
import io.portero.compile.VerdictMap.Lookup;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Mode;
import io.portero.policy.OnRevoke;
import io.portero.policy.Policy;
import io.portero.policy.Protocol;
import io.portero.policy.Service;
import io.portero.policy.Sources;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Turns a policy into the ruleset that enforces it.
 *
 * <p>A packet passes: trusted interfaces, the deny lanes, answers, what tracking finds invalid, then one look-up of
 * protocol and port, which leads to the chain of a service, which looks the source up in sets; last of all, whether it is
 * addressed to this host. What the kernel delivers here after all is caught at hook input. The cost of a packet grows
 * with the number of trusted interfaces, of denied groups, and of the groups that its service names, with nothing else.
 */
public final class PolicyCompiler {
    /** The chain for answers from revoked addresses. */
    private static final String NO_ANSWERS = "revoked";

    private static final List<Family> BOTH = List.of(Family.values());
    /** Voice first: it is most of what comes. */
    private static final List<Protocol> PORTED = List.of(Protocol.UDP, Protocol.TCP, Protocol.SCTP);

    private static final InterfacePattern LOOPBACK = new InterfacePattern("lo");
    /** From so many on single addresses have a set of their own; few are easier to read in one. */
    private static final int MANY_HOSTS = 256;

    private static final Interval AH = new Interval(51, 51);
    private static final String REMEMBER = "remember";
    private static final String HOSTS = ".hosts";
    /** Names in the kernel end at 255 characters; what people read should end much earlier. */
    private static final int LONGEST_OVERLAP = 100;

    private final Policy policy;
    private final SortedMap<String, NamedSet> sets = new TreeMap<>();
    private final List<Chain> chains = new ArrayList<>();

    private PolicyCompiler(Policy policy) {
        this.policy = policy;
    }

    public static Ruleset compile(Policy policy) {
        return new PolicyCompiler(policy).compile();
    }

    private Ruleset compile() {
        chains.add(remember());
        for (var reason : Reason.values()) {
            chains.add(dropChain(reason));
        }
        chains.add(NecessaryTraffic.chain());
        chains.add(Delivery.notOurs(policy.trustedInterfaces()));
        chains.add(Delivery.input());
        var entries = new ArrayList<>(NecessaryTraffic.entries(ping("icmp", Family.V4), ping("icmpv6", Family.V6)));
        for (var service : policy.enabledServices()) {
            chains.add(acceptChain(service));
            entries.add(entry(service));
        }
        var dispatch = dispatch(entries);
        addTimed(NamedSet.BANNED, false);
        addTimed(NamedSet.BANNED_NETS, true);
        addTimed(NamedSet.REVOKED, false);
        chains.add(noAnswers(dispatch));
        chains.add(base(dispatch));
        return new Ruleset(counters(), List.copyOf(sets.values()), dispatch, chains);
    }

    private Chain base(List<VerdictMap> dispatch) {
        var rules = new ArrayList<Rule>();
        rules.add(trust(LOOPBACK));
        policy.trustedInterfaces().stream().filter(i -> !i.equals(LOOPBACK)).forEach(i -> rules.add(trust(i)));
        rules.addAll(matching("deny", policy.deny(), "deny.from", BOTH, "", "goto " + Reason.DENY.chain()));
        rules.addAll(lookUp("banned", NamedSet.BANNED, BOTH, "", "goto " + Reason.BANNED.chain()));
        rules.addAll(lookUp("banned networks", NamedSet.BANNED_NETS, BOTH, "", "goto " + Reason.BANNED.chain()));
        rules.addAll(lookUp("revoked", NamedSet.REVOKED, BOTH, "ct direction reply ", "goto " + NO_ANSWERS));
        rules.add(new Rule("answers to this host", "ct direction reply accept"));
        rules.add(new Rule("ICMP about a known flow", "ct state related meta l4proto { 1, 58 } accept"));
        rules.add(new Rule("invalid", "ct state invalid " + Delivery.TO_THIS_HOST + " goto " + Reason.INVALID.chain()));
        rules.addAll(lookUp(dispatch));
        rules.add(Delivery.askWhose());
        rules.add(new Rule("untracked", "ct state untracked goto " + Reason.UNTRACKED.chain()));
        rules.add(new Rule("no service", "goto " + Reason.NO_SERVICE.chain()));
        return new Chain("prerouting", Optional.of(Hook.CHOKE_POINT), rules);
    }

    private static Rule trust(InterfacePattern trusted) {
        return new Rule("trusted-interfaces: " + trusted, "iifname \"" + trusted + "\" accept");
    }

    /** What a revoked address sends in answer gets no further than what it would send by itself. */
    private static Chain noAnswers(List<VerdictMap> dispatch) {
        var rules = lookUp(dispatch);
        rules.add(new Rule("revoked", "goto " + Reason.REVOKED.chain()));
        return Chain.of(NO_ANSWERS, rules);
    }

    private Chain dropChain(Reason reason) {
        boolean enforced = policy.mode() == Mode.ENFORCE;
        var key = "dropped: " + reason.word();
        var prefix = "portero: " + (enforced ? "drop " : "would drop ") + reason.word() + " ";
        return Chain.of(
                reason.chain(),
                List.of(
                        NecessaryTraffic.jump(),
                        new Rule(key, "counter name \"" + reason.counter() + "\""),
                        new Rule(key, "jump " + REMEMBER),
                        new Rule(key, "limit rate 5/second burst 20 packets log prefix \"" + prefix + "\" level info"),
                        new Rule(key, enforced ? "drop" : "accept")));
    }

    /** While nothing is dropped, it is also told apart what they wanted: that is what somebody who observes must know. */
    private Chain remember() {
        var rules = new ArrayList<Rule>();
        for (var family : BOTH) {
            var sources = NamedSet.Seen.sources(family);
            sets.put(sources.name(), sources);
            rules.add(new Rule("sources", "update @" + sources.name() + " { " + saddr(family) + " counter }"));
        }
        if (policy.mode() == Mode.OBSERVE) {
            for (var family : BOTH) {
                var flows = NamedSet.Seen.flows(family);
                sets.put(flows.name(), flows);
                rules.add(new Rule(
                        "sources and ports",
                        "meta l4proto { 6, 17, 132 } update @" + flows.name() + " { " + saddr(family)
                                + " . meta l4proto . th dport counter }"));
            }
        }
        return Chain.of(REMEMBER, rules);
    }

    private static Chain acceptChain(Service service) {
        var names = new ServiceNames(service.name());
        var key = "services." + service.name();
        return Chain.of(
                names.acceptChain(),
                List.of(
                        // A flow is confirmed once its first packet has passed all of the host's chains.
                        new Rule(key, "ct status & confirmed == 0 counter name \"" + names.connections() + "\""),
                        new Rule(key, "counter name \"" + names.accepted() + "\" accept")));
    }

    private DispatchEntry entry(Service service) {
        var names = new ServiceNames(service.name());
        var accept = "goto " + names.acceptChain();
        var rules =
                new ArrayList<>(matching(service.fromKey(), service.from(), names.chain() + ".from", BOTH, "", accept));
        if (service.onRevoke() == OnRevoke.DRAIN && !service.from().any()) {
            rules.add(new Rule("services." + service.name() + ".on-revoke: drain", "ct state established " + accept));
        }
        var slots = service.ports().stream()
                .map(p -> new PortSlot(p.protocol().number(), p.first(), p.last()))
                .toList();
        var otherwise = List.of(new Rule("refused", "goto " + Reason.SOURCE.chain()));
        return new DispatchEntry(names.chain(), slots, rules, otherwise, Optional.of(names.refused()));
    }

    /** Who may ping, for the entry of an ICMP. */
    private List<Rule> ping(String protocol, Family family) {
        return matching(
                "ping", policy.ping(), "ping.from", List.of(family), protocol + " type echo-request ", "accept");
    }

    private Chain refusing(String name, List<DispatchEntry> entries) {
        var rules = new ArrayList<Rule>();
        entries.forEach(entry -> rules.addAll(entry.rules()));
        rules.add(Delivery.askWhose());
        rules.add(new Rule("revoked", "ct direction reply goto " + Reason.REVOKED.chain()));
        for (var entry : entries) {
            entry.refused().ifPresent(c -> rules.add(new Rule("refused", "counter name \"" + c + "\"")));
        }
        rules.addAll(entries.getFirst().otherwise());
        return Chain.of(name, reachable(rules));
    }

    /** Without what comes after a rule that no packet passes. */
    private static List<Rule> reachable(List<Rule> rules) {
        int end = 0;
        while (!rules.get(end).isFinal()) {
            end++;
        }
        return rules.subList(0, end + 1);
    }

    /** The maps over disjoint slots; adds the chains that they lead to. */
    private List<VerdictMap> dispatch(Collection<DispatchEntry> entries) {
        var protocols = new TreeMap<Interval, String>();
        var ports = new TreeMap<Integer, Map<Interval, String>>();
        var leading = new TreeMap<String, Chain>();
        PortDispatch.disjoint(entries).forEach((slot, sharing) -> {
            var name = chainName(sharing);
            leading.computeIfAbsent(name, n -> refusing(n, sharing));
            if (slot.isWhole()) {
                protocols.put(new Interval(slot.protocol(), slot.protocol()), name);
            } else {
                ports.computeIfAbsent(slot.protocol(), p -> new TreeMap<>())
                        .put(new Interval(slot.first(), slot.last()), name);
            }
        });
        chains.addAll(leading.values());
        var maps = new ArrayList<VerdictMap>();
        for (var protocol : PORTED) {
            var targets = ports.get(protocol.number());
            if (targets != null) {
                maps.add(VerdictMap.named("dispatch_" + protocol.word(), Lookup.PORT, targets));
            }
        }
        maps.add(VerdictMap.named("dispatch_protocol", Lookup.PROTOCOL, protocols));
        return maps;
    }

    /** The look-ups that lead to the services. */
    private static List<Rule> lookUp(List<VerdictMap> dispatch) {
        var rules = new ArrayList<Rule>();
        for (var map : dispatch) {
            switch (map.lookup()) {
                case PORT -> rules.add(new Rule("services", map.name().split("_")[1] + " dport vmap @" + map.name()));
                case PROTOCOL -> {
                    if (map.targets().containsKey(AH)) {
                        // An extension header of IPv6, which is passed over when the protocol is looked for.
                        rules.addFirst(new Rule("services", "ip6 nexthdr 51 ip6 nexthdr vmap @" + map.name()));
                    }
                    rules.add(new Rule("services", "meta l4proto vmap @" + map.name()));
                }
            }
        }
        return rules;
    }

    private static String chainName(List<DispatchEntry> sharing) {
        if (sharing.size() == 1) {
            return sharing.getFirst().name();
        }
        var names = sharing.stream().map(DispatchEntry::name).collect(Collectors.joining("."));
        return "overlap." + (names.length() <= LONGEST_OVERLAP ? names : Rule.Hash.of(names));
    }

    /** The rules that do {@code action} with packets that meet {@code condition} and come from these sources. */
    private List<Rule> matching(
            String key, Sources sources, String ownSet, List<Family> families, String condition, String action) {
        if (sources.any()) {
            return List.of(new Rule(key + ": any", condition + action));
        }
        var rules = new ArrayList<Rule>();
        for (var group : sources.groups()) {
            var addresses = policy.group(group).addresses();
            addMembers(group, addresses);
            rules.addAll(lookUp(key + ": " + group, group, addresses, families, condition, action));
        }
        if (!sources.others().nothingNamed()) {
            addMembers(ownSet, sources.literals());
            rules.addAll(lookUp(key, ownSet, sources.literals(), families, condition, action));
        }
        return rules;
    }

    private static List<Rule> lookUp(
            String key, String set, AddressSet addresses, List<Family> families, String condition, String action) {
        var rules = new ArrayList<Rule>();
        for (var family : families) {
            if (hasManyHosts(addresses.only(family))) {
                rules.addAll(lookUp(key, set + HOSTS, List.of(family), condition, action));
            }
            rules.addAll(lookUp(key, set, List.of(family), condition, action));
        }
        return rules;
    }

    private static List<Rule> lookUp(String key, String set, List<Family> families, String condition, String action) {
        return families.stream()
                .map(family ->
                        new Rule(key, condition + saddr(family) + " @" + set + "_" + family.suffix() + " " + action))
                .toList();
    }

    private static String saddr(Family family) {
        return switch (family) {
            case V4 -> "ip saddr";
            case V6 -> "ip6 saddr";
        };
    }

    private void addMembers(String name, AddressSet addresses) {
        for (var family : BOTH) {
            var members = addresses.only(family);
            if (hasManyHosts(members)) {
                var hosts = name + HOSTS + "_" + family.suffix();
                sets.put(hosts, new NamedSet.Hosts(hosts, family, members.hosts()));
                members = members.minus(members.hosts());
            }
            var full = name + "_" + family.suffix();
            sets.put(full, new NamedSet.Members(full, family, members));
        }
    }

    private static boolean hasManyHosts(AddressSet addresses) {
        return addresses.hosts().rangeCount() > MANY_HOSTS;
    }

    private void addTimed(String name, boolean networks) {
        for (var family : BOTH) {
            var full = name + "_" + family.suffix();
            sets.put(full, new NamedSet.Timed(full, family, networks));
        }
    }

    private TreeSet<String> counters() {
        var counters = new TreeSet<String>();
        chains.forEach(chain -> chain.rules().forEach(rule -> counters.addAll(rule.counters())));
        return counters;
    }
}
