package io.portero.compile;

import io.portero.compile.Chain.Hook;
import io.portero.compile.VerdictMap.Interval;
import io.portero.compile.VerdictMap.Lookup;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
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
 * protocol and port, which leads to the chain of a service, which looks the source up in sets. The cost of a packet grows
 * with the number of trusted interfaces, of denied groups, and of the groups that its service names, with nothing else.
 */
public final class PolicyCompiler {
    /** Asked last of all that is cheap: a route look-up costs 0.4 microseconds. */
    private static final Rule NOT_OURS =
            new Rule("not addressed to this host", "fib daddr type != { local, broadcast, multicast } accept");

    /** The chain for answers from revoked addresses. */
    private static final String NO_ANSWERS = "revoked";

    private static final String TO_THIS_HOST = "fib daddr type { local, broadcast, multicast }";
    private static final List<Family> BOTH = List.of(Family.values());
    /** Voice first: it is most of what comes. */
    private static final List<Protocol> PORTED = List.of(Protocol.UDP, Protocol.TCP, Protocol.SCTP);
    /** From so many on single addresses have a set of their own; few are easier to read in one. */
    private static final int MANY_HOSTS = 256;

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
        var lanes = new ArrayList<>(NecessaryTraffic.lanes(ping("icmp", Family.V4), ping("icmpv6", Family.V6)));
        for (var service : policy.enabledServices()) {
            chains.add(acceptChain(service));
            lanes.add(lane(service));
        }
        var dispatch = dispatch(lanes);
        addTimed(NamedSet.BANNED);
        addTimed(NamedSet.REVOKED);
        chains.add(noAnswers(dispatch));
        chains.add(base(dispatch));
        return new Ruleset(counters(), List.copyOf(sets.values()), dispatch, chains);
    }

    private Chain base(List<VerdictMap> dispatch) {
        var rules = new ArrayList<Rule>();
        for (var trusted : policy.trustedInterfaces()) {
            rules.add(new Rule("trusted-interfaces: " + trusted, "iifname \"" + trusted + "\" accept"));
        }
        rules.addAll(matching("deny", policy.deny(), "deny.from", BOTH, "", "goto " + Reason.DENY.chain()));
        rules.addAll(lookUp("banned", NamedSet.BANNED, BOTH, "", "goto " + Reason.BANNED.chain()));
        rules.addAll(lookUp("revoked", NamedSet.REVOKED, BOTH, "ct direction reply ", "goto " + NO_ANSWERS));
        rules.add(new Rule("answers to this host", "ct direction reply accept"));
        rules.add(new Rule("ICMP about a known flow", "ct state related meta l4proto { 1, 58 } accept"));
        rules.add(new Rule("invalid", "ct state invalid fib daddr type local goto " + Reason.INVALID.chain()));
        dispatch.forEach(map -> rules.add(lookUp(map)));
        rules.add(NOT_OURS);
        rules.add(new Rule("no service", "goto " + Reason.NO_SERVICE.chain()));
        return new Chain("prerouting", Optional.of(Hook.CHOKE_POINT), rules);
    }

    /** What a revoked address sends in answer gets no further than what it would send by itself. */
    private static Chain noAnswers(List<VerdictMap> dispatch) {
        var rules = new ArrayList<Rule>();
        dispatch.forEach(map -> rules.add(lookUp(map)));
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

    private DispatchEntry lane(Service service) {
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
        return new DispatchEntry(names.chain(), slots, rules, Optional.of(names.refused()));
    }

    private static List<Rule> concat(List<Rule> first, Rule last) {
        var rules = new ArrayList<>(first);
        rules.add(last);
        return rules;
    }

    /** What an ICMP lane does with echo requests. */
    private List<Rule> ping(String protocol, Family family) {
        var request = protocol + " type echo-request ";
        var admitted = matching("ping", policy.ping(), "ping.from", List.of(family), request, "accept");
        return concat(admitted, new Rule("ping", request + TO_THIS_HOST + " goto " + Reason.SOURCE.chain()));
    }

    private Chain refusing(String name, List<DispatchEntry> lanes) {
        var rules = new ArrayList<Rule>();
        lanes.forEach(lane -> rules.addAll(lane.rules()));
        rules.add(NOT_OURS);
        rules.add(new Rule("revoked", "ct direction reply goto " + Reason.REVOKED.chain()));
        for (var lane : lanes) {
            lane.refused().ifPresent(c -> rules.add(new Rule("refused", "counter name \"" + c + "\"")));
        }
        boolean service = lanes.stream().anyMatch(lane -> lane.refused().isPresent());
        var reason = service ? Reason.SOURCE : Reason.NO_SERVICE;
        rules.add(new Rule("refused", "goto " + reason.chain()));
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
    private List<VerdictMap> dispatch(Collection<DispatchEntry> lanes) {
        var protocols = new TreeMap<Interval, String>();
        var ports = new TreeMap<Integer, Map<Interval, String>>();
        var leading = new TreeMap<String, Chain>();
        PortDispatch.disjoint(lanes).forEach((slot, sharing) -> {
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

    private static Rule lookUp(VerdictMap map) {
        var key = switch (map.lookup()) {
            case PORT -> map.name().split("_")[1] + " dport";
            case PROTOCOL -> "meta l4proto";
        };
        return new Rule("services", key + " vmap @" + map.name());
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

    private void addTimed(String name) {
        for (var family : BOTH) {
            var full = name + "_" + family.suffix();
            sets.put(full, new NamedSet.Timed(full, family));
        }
    }

    private TreeSet<String> counters() {
        var counters = new TreeSet<String>();
        chains.forEach(chain -> chain.rules().forEach(rule -> counters.addAll(rule.counters())));
        return counters;
    }
}
