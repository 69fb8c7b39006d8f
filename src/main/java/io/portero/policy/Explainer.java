package io.portero.policy;

import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Decides the fate of the first packet of a flow from outside.
 *
 * <p>It defines the meaning of the policy, independent of the rules in the kernel; a test compares the two. The mode
 * does not matter here: packets that {@code observe} lets through are still explained as dropped.
 */
public final class Explainer {
    private final Policy policy;
    private final Function<Ip, Optional<String>> bans;
    private final AdmissionExplainer admission;
    private final BiFunction<Service, Ip, Optional<String>> exceeded;

    /** For a host without bans. */
    public Explainer(Policy policy) {
        this(policy, source -> Optional.empty());
    }

    /** @param bans returns for a banned address the time left and the owner, as a clause */
    public Explainer(Policy policy, Function<Ip, Optional<String>> bans) {
        this(policy, bans, (service, source) -> Optional.empty(), (service, source) -> Optional.empty());
    }

    /**
     * @param bans returns for a banned address the time left and the owner, as a clause
     * @param guests returns for a guest of a service the time left and the owner, as a clause
     * @param exceeded returns how long an address is banned for exceeding the limit of a service, as a clause
     */
    public Explainer(
            Policy policy,
            Function<Ip, Optional<String>> bans,
            BiFunction<Service, Ip, Optional<String>> guests,
            BiFunction<Service, Ip, Optional<String>> exceeded) {
        this.policy = policy;
        this.bans = bans;
        this.admission = new AdmissionExplainer(policy, guests);
        this.exceeded = exceeded;
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
        return refused(from, to, arrival).orElseGet(() -> {
            var explanation = admission.explain(from, to, arrival);
            return explanation.verdict() == Verdict.ACCEPT ? explanation : explainDestination(explanation, at);
        });
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
        return refused(from, to, arrival).orElseGet(() -> admission.explain(from, to, arrival));
    }

    /** Sources that are refused before any service is looked at. */
    private Optional<Explanation> refused(Ip from, Target to, Arrival arrival) {
        return matching(policy.deny(), from)
                .map(by -> new Explanation(Verdict.DROP, "deny", from + " is denied as a member of " + by))
                .or(() -> bans.apply(from).map(why -> new Explanation(Verdict.DROP, "banned", why)))
                .or(() -> bannedByLimit(from, to, arrival));
    }

    /** Such a ban spares sources that a service names, and management services except the one whose limit it is. */
    private Optional<Explanation> bannedByLimit(Ip from, Target to, Arrival arrival) {
        return policy.enabledServices().stream()
                .filter(Service::bans)
                .flatMap(service -> exceeded.apply(service, from).stream()
                        .filter(left -> service.management() || !isForManagement(to, arrival))
                        .map(left -> new Explanation(
                                Verdict.DROP,
                                service.banKey(),
                                from + " is banned, " + left + ", because it exceeded the limit of " + service.name())))
                .findFirst()
                .filter(explanation -> !policy.isNamed(from));
    }

    private boolean isForManagement(Target to, Arrival arrival) {
        return to instanceof Target.Port(PortRange port)
                && policy.enabledServices().stream()
                        .anyMatch(s ->
                                s.management() && s.offers(port) && s.entrance().takes(arrival));
    }

    public Explanation explain(PolicyTest test) {
        return switch (test) {
            case PolicyTest.Incoming in -> explain(in.from(), in.to(), new Arrival(in.via(), in.at()));
            case PolicyTest.Outgoing out -> new OutgoingExplainer(policy).explain(out);
        };
    }

    private Optional<String> matching(Sources sources, Ip from) {
        return policy.member(sources, from);
    }
}
