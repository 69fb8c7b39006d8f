package io.portero.policy;

import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Decides whether a service or the key ping admits a source, and says by which key. */
final class AdmissionExplainer {
    private final Policy policy;
    private final BiFunction<Service, Ip, Optional<String>> guests;

    /** @param guests returns for a guest of a service the time left and the owner, as a clause */
    AdmissionExplainer(Policy policy, BiFunction<Service, Ip, Optional<String>> guests) {
        this.policy = policy;
        this.guests = guests;
    }

    Explanation explain(Ip from, Target to, Arrival arrival) {
        return switch (to) {
            case Target.Ping ping -> explainPing(from);
            case Target.Port port -> explainPort(from, port.port(), arrival);
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
        return service.limit()
                .map(limit -> ", " + (policy.isNamed(from) ? limit.withoutBan() : limit))
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
