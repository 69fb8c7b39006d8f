package io.portero.cli;

import io.portero.policy.Arrival;
import io.portero.policy.Explanation;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.Service;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.util.Optional;

/**
 * What becomes of a packet whose source has exceeded the limit of a service and is banned for it.
 *
 * <p>Such a ban spares whom a service admits by name, and the management services but for the one whose limit it is.
 */
final class ShutByLimit {
    private final Policy policy;
    private final Shut shut;

    ShutByLimit(Policy policy, Shut shut) {
        this.policy = policy;
        this.shut = shut;
    }

    /** The verdict in place of the one that the policy alone gives; nothing where that one holds. */
    Optional<Explanation> explain(Ip source, Target target, Arrival arrival, Explanation alone) {
        return switch (alone.key()) {
            case "trusted-interfaces", "necessary", "deny", "banned" -> Optional.empty(); // asked before a limit is
            default -> isNamed(source) ? Optional.empty() : banned(source, isWayIn(target, arrival));
        };
    }

    private Optional<Explanation> banned(Ip source, boolean wayIn) {
        return policy.enabledServices().stream()
                .filter(Service::bans)
                .filter(service -> service.management() || !wayIn)
                .flatMap(service -> shut.byLimit(service.name(), source).stream()
                        .map(left -> new Explanation(
                                Verdict.DROP,
                                "services." + service.name() + ".limit.ban",
                                source + " is banned, " + left + ", since it sent more than the limit of "
                                        + service.name() + " allows")))
                .findFirst();
    }

    private boolean isNamed(Ip source) {
        return policy.enabledServices().stream()
                .filter(service -> !service.from().any())
                .anyMatch(service -> service.from().addresses(policy.groups()).contains(source));
    }

    private boolean isWayIn(Target target, Arrival arrival) {
        return switch (target) {
            case Target.Ping ping -> false;
            case Target.Port(var port) ->
                policy.enabledServices().stream()
                        .anyMatch(service -> service.management()
                                && service.offers(port)
                                && service.entrance().takes(arrival));
        };
    }
}
