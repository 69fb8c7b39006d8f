package io.portero.compile;

import io.portero.compile.Chain.Hook;
import io.portero.policy.Access;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Policy;
import io.portero.policy.Service;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The rules for packets that one policy admits and another refuses. */
final class StageSide {
    private static final String PING = "ping";
    private static final String DENY = "deny";
    private static final String TRUSTED = "trusted-interfaces";

    private final StageChange change;
    private final Policy admitting;
    private final Policy refusing;
    private final List<Access.Change> changes;
    private final Duration time;
    private final int sample;

    private final SortedSet<String> counters = new TreeSet<>();
    private final StageSets sets = new StageSets();
    private final StageAlike alike;
    private final StageMatches matches = new StageMatches(sets);
    private final SortedMap<String, List<String>> maps = new TreeMap<>();
    private final List<Chain> chains = new ArrayList<>();

    /** @param changes the changes from the policy in force to the staged policy */
    StageSide(
            StageChange change,
            Policy admitting,
            Policy refusing,
            List<Access.Change> changes,
            AddressSet leftOut,
            Duration time,
            int sample) {
        this.change = change;
        this.admitting = admitting;
        this.refusing = refusing;
        this.changes = changes;
        this.alike = new StageAlike(change, refusing, leftOut, sets);
        this.time = time;
        this.sample = sample;
    }

    SortedSet<String> counters() {
        return counters;
    }

    StageSets sets() {
        return sets;
    }

    SortedMap<String, List<String>> maps() {
        return maps;
    }

    /** The base chain is the last one; empty if there is no difference of this kind. */
    List<Chain> chains() {
        return chains;
    }

    void compile() {
        var base = new ArrayList<Rule>();
        base.addAll(trusted());
        base.addAll(denied());
        base.addAll(dispatch());
        if (base.isEmpty()) {
            return;
        }
        chains.add(alike.apart());
        if (sample > 1) {
            base.addFirst(ofRunningFlows());
        }
        chains.add(new Chain(change.chain(), Optional.of(hook()), base));
    }

    /** A flow is confirmed once its first packet has passed all of the host's chains. */
    private Rule ofRunningFlows() {
        var running = "ct status & confirmed != 0 ";
        return switch (change) {
            case DROP ->
                new Rule(
                        "of a running flow, one packet in " + sample,
                        running + "numgen inc mod " + sample + " > 0 accept");
            case ADMIT -> new Rule("what runs is admitted", running + "accept");
        };
    }

    private Hook hook() {
        var choke = Hook.CHOKE_POINT;
        int priority = switch (change) {
            case DROP -> choke.priority() + 1;
            case ADMIT -> choke.priority() - 1;
        };
        return new Hook(choke.type(), choke.hook(), priority, choke.policy());
    }

    /** The look-up of port or protocol, which leads to a look-up of the source. */
    private List<Rule> dispatch() {
        var entries = new ArrayList<DispatchEntry>();
        int number = 0;
        for (var differing : changes) {
            var addresses = change == StageChange.DROP ? differing.lost() : differing.gained();
            if (!addresses.isEmpty()) {
                number++;
                entries.add(entry(differing, addresses, number));
            }
        }
        var dispatch = new StageDispatch(change, time, entries, ping());
        maps.putAll(dispatch.maps());
        chains.addAll(dispatch.chains());
        return dispatch.lookUps();
    }

    private DispatchEntry entry(Access.Change differing, AddressSet addresses, int number) {
        var ports = differing.ports();
        var service = admitting.enabledServices().stream()
                .filter(s -> s.offers(ports))
                .map(Service::name)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        var set = change.chain() + "." + service + "." + number;
        var slot = ports.protocol().hasPorts()
                ? new PortSlot(ports.protocol().number(), ports.first(), ports.last())
                : PortSlot.whole(ports.protocol().number());
        var rules = matches.matching(
                "services." + service, set, addresses, differing.place(), "", "goto " + count(service));
        // Padded to one length, so that entries stay in the order of ports.
        return new DispatchEntry(
                String.format("%06d", number), 0, List.of(slot), rules, List.of(), List.of(), Optional.empty());
    }

    /**
     * Packets on an interface that one policy trusts and the other does not, except packets that the other policy
     * admits anyway.
     */
    private List<Rule> trusted() {
        var only = new TreeSet<>(admitting.trustedInterfaces());
        only.removeAll(refusing.trustedInterfaces());
        if (only.isEmpty()) {
            return List.of();
        }
        var rules = new ArrayList<Rule>();
        int number = 0;
        for (var admitted : Access.admitted(refusing)) {
            number++;
            var set = change.chain() + ".admitted." + number;
            rules.addAll(matches.matching(
                    "admitted all the same",
                    set,
                    admitted.gained(),
                    admitted.place(),
                    StageMatches.at(admitted.ports()),
                    "accept"));
        }
        rules.addAll(
                matches.pings("admitted all the same", change.chain() + ".admitted.ping", pinging(refusing), "accept"));
        rules.add(new Rule(
                "necessary", "icmp type { destination-unreachable, time-exceeded, parameter-problem } accept"));
        rules.add(new Rule(
                "necessary",
                "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } accept"));
        rules.add(new Rule(TRUSTED, "goto " + count(TRUSTED)));
        var name = change.chain() + ".trusted";
        chains.add(Chain.of(name, rules));
        return only.stream()
                .map(i -> new Rule(TRUSTED + ": " + i, "iifname \"" + i + "\" goto " + name))
                .toList();
    }

    /**
     * Sources that one policy denies and the other does not. Deny covers all packets of a source, including answers and
     * forwarded packets; for new flows to this host, the services of the admitting policy decide.
     */
    private List<Rule> denied() {
        var only = denied(refusing).minus(denied(admitting));
        if (only.isEmpty()) {
            return List.of();
        }
        var name = change.chain() + "." + DENY;
        var count = "goto " + count(DENY);
        var rules = new ArrayList<>(alike.rules());
        switch (change) {
            case DROP -> rules.add(new Rule(DENY, count));
            case ADMIT -> {
                rules.add(new Rule("answers to this host", "ct direction reply " + count));
                rules.add(new Rule("ICMP about a known flow", "ct state related meta l4proto { 1, 58 } " + count));
                rules.add(new Rule("addressed to this host", Delivery.TO_THIS_HOST + " return"));
                trustedOn(admitting)
                        .forEach(i -> rules.add(new Rule(
                                "forwarded to a trusted interface", "fib daddr oifname \"" + i + "\" return")));
                rules.add(new Rule("forwarded", count));
            }
        }
        chains.add(Chain.of(name, rules));
        return Stream.of(Family.values())
                .flatMap(family -> sets.source(name, family, only.only(family)).stream())
                .map(source -> new Rule(DENY, source + "jump " + name))
                .toList();
    }

    private static AddressSet denied(Policy policy) {
        return policy.deny().addresses(policy.groups());
    }

    private static List<InterfacePattern> trustedOn(Policy policy) {
        return policy.trustedInterfaces().stream()
                .filter(i -> !i.equals(InterfacePattern.LOOPBACK))
                .toList();
    }

    private Optional<String> ping() {
        var differing = pinging(admitting).minus(pinging(refusing));
        if (differing.isEmpty()) {
            return Optional.empty();
        }
        var name = change.chain() + "." + PING;
        chains.add(Chain.of(name, matches.pings(PING, name, differing, "goto " + count(PING))));
        return Optional.of(name);
    }

    private static AddressSet pinging(Policy policy) {
        return policy.ping().addresses(policy.groups()).minus(denied(policy));
    }

    /** The chain that counts the remaining packets for a service. */
    private String count(String service) {
        var name = change.chain() + ".count." + service;
        var counter = change.counter(service);
        if (counters.add(counter)) {
            var rules = new ArrayList<Rule>();
            if (!service.equals(DENY)) { // which covers all packets of a source
                rules.add(new Rule("on which the policies agree", "jump " + change.chain() + ".apart"));
            }
            rules.add(new Rule("on which they differ", "counter name \"" + counter + "\""));
            rules.addAll(sets.remembering(change, service));
            rules.add(new Rule("counted", "accept"));
            chains.add(Chain.of(name, rules));
        }
        return name;
    }
}
