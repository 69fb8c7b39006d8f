package io.portero.policy;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides the fate of the first packet of a flow from outside.
 *
 * <p>It defines the meaning of the policy, independent of the rules in the kernel; a test compares the two. The mode
 * does not matter here: packets that {@code observe} lets through are still explained as dropped.
 */
public final class Explainer {
    private final Policy policy;
    private final Function<Ip, Optional<String>> bans;
    private final BiFunction<Service, Ip, Optional<String>> guests;

    /** For a host without bans. */
    public Explainer(Policy policy) {
        this(policy, source -> Optional.empty());
    }

    /** @param bans says of who is banned how long and by whom, as a clause */
    public Explainer(Policy policy, Function<Ip, Optional<String>> bans) {
        this(policy, bans, (service, source) -> Optional.empty());
    }

    /**
     * @param bans tells for a banned address how long and by whom, as a clause
     * @param guests tells for a guest of a service how long and by whom, as a clause
     */
    public Explainer(
            Policy policy, Function<Ip, Optional<String>> bans, BiFunction<Service, Ip, Optional<String>> guests) {
        this.policy = policy;
        this.bans = bans;
        this.guests = guests;
    }

    /** @param via the interface that it comes in by */
    public Explanation explain(Ip from, Target to, String via) {
        return policy.trust(via)
                .map(pattern -> new Explanation(
                        Verdict.ACCEPT,
                        "trusted-interfaces",
                        via + " is trusted" + (pattern.text().equals(via) ? "" : ", because " + pattern + " matches it")
                                + ", so packets that come in by it are not filtered"))
                .orElseGet(() -> judged(from, to, Arrival.by(via)));
    }

    /** The fate of a packet to this host that comes in by a filtered interface. */
    public Explanation explain(Ip from, Target to) {
        return judged(from, to, Arrival.UNKNOWN);
    }

    /** The fate of a packet to this host that comes in at this place. */
    public Explanation explain(Ip from, Target to, Arrival arrival) {
        return arrival.via()
                .filter(via -> policy.trust(via).isPresent())
                .map(via -> explain(from, to, via))
                .orElseGet(() -> judged(from, to, arrival));
    }

    private Explanation judged(Ip from, Target to, Arrival arrival) {
        return NecessaryPackets.isDhcpAnswer(from, to)
                ? necessary("answers of DHCP servers")
                : explainSource(from, to, arrival);
    }

    /**
     * The fate of a packet to any destination.
     *
     * @param via the interface that it comes in by; if empty, a filtered one
     */
    public Explanation explain(Ip from, Target to, Optional<String> via, Destination at) {
        return explain(from, to, new Arrival(via, Optional.of(at.address())), at);
    }

    /** @param at the kind of the destination address; the arrival has the address itself */
    public Explanation explain(Ip from, Target to, Arrival arrival, Destination at) {
        if (arrival.via().filter(via -> policy.trust(via).isPresent()).isPresent()) {
            return explain(from, to, arrival);
        }
        if (NecessaryPackets.isDhcpAnswer(from, to) || NecessaryPackets.isDhcp6Answer(to, at)) {
            return necessary("answers of DHCP servers");
        }
        if (NecessaryPackets.isIgmp(to, at)) {
            return necessary("queries and reports of multicast groups");
        }
        var explanation = explainSource(from, to, arrival);
        boolean settled =
                explanation.verdict() == Verdict.ACCEPT || refused(from).isPresent();
        return settled ? explanation : explainDestination(explanation, at);
    }

    /** The verdict for packets that no service admits. */
    private Explanation explainDestination(Explanation refused, Destination at) {
        return switch (at) {
            case Destination.Here here ->
                here.kind() == Destination.Kind.OWN ? refused : refused.because(here.inWords());
            case Destination.Stray stray -> refused.because(stray.inWords());
            case Destination.Onward onward ->
                policy.trust(onward.by()).isPresent() && !onward.by().equals(InterfacePattern.LOOPBACK.text())
                        ? refused.because(
                                onward.inWords() + ", which is trusted: only what a service admits is forwarded to it")
                        : forwarded(onward);
            case Destination.Nowhere nowhere -> forwarded(nowhere);
        };
    }

    private static Explanation forwarded(Destination at) {
        return new Explanation(
                Verdict.ACCEPT,
                "forwarded",
                at.inWords() + "; this policy does not filter packets that this host forwards");
    }

    private static Explanation necessary(String what) {
        return new Explanation(Verdict.ACCEPT, "necessary", what + " pass from every source");
    }

    private Explanation explainSource(Ip from, Target to, Arrival arrival) {
        return refused(from).orElseGet(() -> switch (to) {
            case Target.Ping ping -> explainPing(from);
            case Target.Port port -> explainPort(from, port.port(), arrival);
        });
    }

    /** Sources that are refused before any service is looked at. */
    private Optional<Explanation> refused(Ip from) {
        return matching(policy.deny(), from)
                .map(by -> new Explanation(Verdict.DROP, "deny", from + " is denied as a member of " + by))
                .or(() -> bans.apply(from).map(why -> new Explanation(Verdict.DROP, "banned", why)));
    }

    public Explanation explain(PolicyTest test) {
        return switch (test) {
            case PolicyTest.Incoming in -> explain(in.from(), in.to(), new Arrival(in.via(), in.at()));
            case PolicyTest.Outgoing out -> new OutgoingExplainer(policy).explain(out);
        };
    }

    private Explanation explainPing(Ip from) {
        return matching(policy.ping(), from)
                .map(by -> new Explanation(Verdict.ACCEPT, "ping", from + " may ping as a member of " + by))
                .orElseGet(() -> new Explanation(Verdict.DROP, "ping", from + " is not among those who may ping"));
    }

    private Explanation explainPort(Ip from, PortRange port, Arrival arrival) {
        var offering = policy.services().values().stream()
                .filter(s -> s.offers(port))
                .sorted(Service.GENEROUS_FIRST)
                .toList();
        for (var service : offering) {
            var admitted = matching(service.from(), from);
            if (admitted.isPresent() && elsewhere(service, arrival).isEmpty()) {
                return new Explanation(
                        Verdict.ACCEPT,
                        service.fromKey(),
                        from + " is admitted to " + service.name() + " as a member of " + admitted.get()
                                + limit(service, from));
            }
        }
        for (var service : offering) {
            var guest = guests.apply(service, from);
            if (guest.isPresent() && elsewhere(service, arrival).isEmpty()) {
                return new Explanation(Verdict.ACCEPT, "guest", guest.get() + limit(service, from));
            }
        }
        return offering.stream()
                .filter(service -> matching(service.from(), from).isPresent())
                .findFirst()
                .flatMap(service -> elsewhere(service, arrival))
                .orElseGet(() -> offering.isEmpty() ? explainNoService(port) : explainOthers(from, offering));
    }

    /** The reason why a service refuses a packet of an admitted source that comes in at another place. */
    private static Optional<Explanation> elsewhere(Service service, Arrival arrival) {
        var entrance = service.entrance();
        if (!entrance.takesBy(arrival)) {
            return Optional.of(new Explanation(
                    Verdict.DROP,
                    service.onKey(),
                    service.name() + " takes only packets that come in by " + entrance.interfaces()
                            + arrival.via()
                                    .map(via -> ", and not by " + via)
                                    .orElse(", and the question names no interface (via)")));
        }
        if (!entrance.takesAt(arrival)) {
            return Optional.of(new Explanation(
                    Verdict.DROP,
                    service.toKey(),
                    service.name() + " takes only packets to " + entrance.addresses()
                            + arrival.at()
                                    .map(at -> ", and not to " + at)
                                    .orElse(", and the question names no address (at)")));
        }
        return Optional.empty();
    }

    /** A clause; a source that a service names is never banned. */
    private String limit(Service service, Ip from) {
        boolean named = policy.enabledServices().stream()
                .filter(s -> !s.from().any())
                .anyMatch(s -> matching(s.from(), from).isPresent());
        return service.limit()
                .map(limit -> ", " + (named ? limit.withoutBan() : limit))
                .orElse("");
    }

    private Explanation explainNoService(PortRange port) {
        var disabled = policy.services().values().stream()
                .filter(s -> s.ports().stream().anyMatch(p -> p.contains(port)))
                .findFirst();
        return disabled.map(s -> new Explanation(
                        Verdict.DROP,
                        "services." + s.name() + ".enabled",
                        s.name() + " has " + port + " but is disabled"))
                .orElseGet(() -> new Explanation(Verdict.DROP, "services", "no service has " + port));
    }

    private static Explanation explainOthers(Ip from, List<Service> offering) {
        var names = offering.stream().map(Service::name).collect(Collectors.joining(" and "));
        return new Explanation(
                Verdict.DROP, offering.getFirst().fromKey(), from + " is not among the sources of " + names);
    }

    private Optional<String> matching(Sources sources, Ip from) {
        return policy.member(sources, from);
    }
}
