package io.portero.policy;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Answers what becomes of the first packet of a flow that comes from outside and is addressed to this host.
 *
 * <p>This is the policy's meaning, written down without regard to how the kernel is told; a test holds the two against
 * each other. The mode does not matter here: what {@code observe} lets through is still explained as dropped.
 */
public final class Explainer {
    private final Policy policy;

    public Explainer(Policy policy) {
        this.policy = policy;
    }

    /** @param via the interface that it comes in by */
    public Explanation explain(Ip from, Target to, String via) {
        return policy.trust(via)
                .map(pattern -> new Explanation(
                        Verdict.ACCEPT,
                        "trusted-interfaces",
                        via + " is trusted"
                                + (pattern.text().equals(via) ? "" : ", since " + pattern + " matches it")
                                + ", and nothing that comes in by it is filtered"))
                .orElseGet(() -> explain(from, to));
    }

    /** What becomes of it when it comes in by an interface that the policy judges. */
    public Explanation explain(Ip from, Target to) {
        if (isDhcpAnswer(from, to)) {
            return new Explanation(Verdict.ACCEPT, "necessary", "answers of DHCP servers pass, whoever sends them");
        }
        var denied = matching(policy.deny(), from);
        if (denied.isPresent()) {
            return new Explanation(Verdict.DROP, "deny", from + " is denied as a member of " + denied.get());
        }
        return switch (to) {
            case Target.Ping ping -> explainPing(from);
            case Target.Port port -> explainPort(from, port.port());
        };
    }

    public Explanation explain(PolicyTest test) {
        return test.via()
                .map(via -> explain(test.from(), test.to(), via))
                .orElseGet(() -> explain(test.from(), test.to()));
    }

    private static boolean isDhcpAnswer(Ip from, Target to) {
        return from.family() == Family.V4
                && to instanceof Target.Port(PortRange port)
                && port.equals(new PortRange(Protocol.UDP, 68, 68));
    }

    private Explanation explainPing(Ip from) {
        return matching(policy.ping(), from)
                .map(by -> new Explanation(Verdict.ACCEPT, "ping", from + " may ping as a member of " + by))
                .orElseGet(() -> new Explanation(Verdict.DROP, "ping", from + " is not among those who may ping"));
    }

    private Explanation explainPort(Ip from, PortRange port) {
        var offering = policy.services().values().stream()
                .filter(s -> s.offers(port))
                .sorted(Service.GENEROUS_FIRST)
                .toList();
        for (var service : offering) {
            var admitted = matching(service.from(), from);
            if (admitted.isPresent()) {
                return new Explanation(
                        Verdict.ACCEPT,
                        service.fromKey(),
                        from + " is admitted to " + service.name() + " as a member of " + admitted.get()
                                + service.limit().map(limit -> ", " + limit).orElse(""));
            }
        }
        return offering.isEmpty() ? explainNoService(port) : explainSource(from, offering);
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

    private static Explanation explainSource(Ip from, List<Service> offering) {
        var names = offering.stream().map(Service::name).collect(Collectors.joining(" and "));
        return new Explanation(
                Verdict.DROP, offering.getFirst().fromKey(), from + " is not among the sources of " + names);
    }

    /** What of these sources the address belongs to. */
    private Optional<String> matching(Sources sources, Ip from) {
        if (sources.any()) {
            return Optional.of("any");
        }
        var group = sources.groups().stream()
                .filter(name -> policy.group(name).addresses().contains(from))
                .findFirst();
        return group.or(() -> matching(sources.others(), from));
    }

    private static Optional<String> matching(Members members, Ip from) {
        var written = members.written().ranges().stream()
                .filter(range -> range.contains(from))
                .map(AddressRange::toString)
                .findFirst();
        return written.or(() -> members.referred().entrySet().stream()
                .filter(e -> e.getValue().contains(from))
                .map(e -> e.getKey().toString())
                .findFirst());
    }
}
