package io.portero.policy;

import static io.portero.policy.Verdict.ACCEPT;
import static io.portero.policy.Verdict.DROP;

import java.util.Optional;

/**
 * Decides the fate of the first packet of a flow that this host or one of its containers starts.
 *
 * <p>Like {@link Explainer}, it is independent of the rules in the kernel, and the mode does not matter. Answers to
 * incoming flows are not covered: they always pass.
 */
public final class OutgoingExplainer {
    private static final Ip VRRP = new Ip(Family.V4, 0, 0xe000_0012L);
    private static final Ip VRRP6 = new Ip(Family.V6, 0xff02L << 48, 0x12);
    private static final AddressRange MULTICAST = AddressRange.network(new Ip(Family.V4, 0, 0xe000_0000L), 4);

    private final Policy policy;

    public OutgoingExplainer(Policy policy) {
        this.policy = policy;
    }

    /** @param via the interface that it leaves by, if that is known */
    public Explanation explain(Ip to, Target target, Optional<String> via) {
        var outgoing = policy.outgoing();
        if (outgoing.isOpen()) {
            return new Explanation(ACCEPT, "outgoing", "outgoing packets are not filtered");
        }
        var trusted = via.flatMap(policy::trust);
        if (trusted.isPresent()) {
            return new Explanation(
                    ACCEPT,
                    "trusted-interfaces",
                    via.get() + " is trusted"
                            + (trusted.get().text().equals(via.get())
                                    ? ""
                                    : ", because " + trusted.get() + " matches it")
                            + ", so packets that leave by it are not filtered");
        }
        return switch (target) {
            case Target.Ping ping -> necessary("ICMP and ICMPv6 always leave");
            case Target.Port(PortRange port) ->
                isNecessary(to, port) ? necessary(port + " to " + to + " always leaves") : explain(to, port, via);
        };
    }

    public Explanation explain(PolicyTest.Outgoing test) {
        return explain(test.to(), test.port(), test.via());
    }

    private static Explanation necessary(String why) {
        return new Explanation(ACCEPT, "necessary", why);
    }

    private static boolean isNecessary(Ip to, PortRange port) {
        return port.protocol() == Protocol.IGMP && MULTICAST.contains(to)
                || port.protocol() == Protocol.VRRP && (to.equals(VRRP) || to.equals(VRRP6));
    }

    private Explanation explain(Ip to, PortRange port, Optional<String> via) {
        var outgoing = policy.outgoing();
        for (var service : outgoing.enabledServices()) {
            if (service.has(port) && service.leavesBy(via)) {
                var member = policy.member(service.to(), to);
                if (member.isPresent()) {
                    return new Explanation(
                            ACCEPT,
                            outgoing.key(service) + ".to",
                            to + " may be reached at " + port + " by " + service.name() + " as a member of "
                                    + member.get());
                }
            }
        }
        for (var service : outgoing.enabledRefusals()) {
            if (service.has(port) && service.leavesBy(via)) {
                var member = policy.member(service.to(), to);
                if (member.isPresent()) {
                    return new Explanation(
                            DROP,
                            outgoing.key(service) + ".to",
                            "nothing may leave to " + port + " of " + to + ", a member of " + member.get());
                }
            }
        }
        return switch (outgoing.otherwise()) {
            case ACCEPT -> new Explanation(ACCEPT, "outgoing.default", "nothing refuses " + port + " to " + to);
            case DROP -> new Explanation(DROP, "outgoing.default", whyNot(to, port));
        };
    }

    private String whyNot(Ip to, PortRange port) {
        var near = policy.outgoing().enabledServices().stream()
                .filter(s -> s.has(port))
                .findFirst();
        return near.map(s -> policy.member(s.to(), to).isPresent()
                        ? s.name() + " admits it only when it leaves by " + s.interfaces()
                        : to + " is not among the destinations of " + s.name())
                .orElse("no service of outgoing has " + port);
    }
}
