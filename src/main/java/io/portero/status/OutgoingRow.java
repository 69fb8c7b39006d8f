package io.portero.status;

import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall.Count;
import io.portero.compile.OutgoingNames;
import io.portero.policy.InterfacePattern;
import io.portero.policy.OutgoingPolicy;
import io.portero.policy.OutgoingService;
import io.portero.policy.PortRange;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whom this host and its containers may reach, and what did not leave.
 *
 * @param otherwise accept or drop: what becomes of packets that no service names
 * @param services those that admit, then those that refuse
 * @param refused where packets of the last day were to go that did not leave, the busiest first
 */
public record OutgoingRow(String otherwise, List<Service> services, Counted<Destination> refused) {
    private static final int SHOWN = 50;

    /**
     * One entry of {@code outgoing}.
     *
     * @param refuses whether it is one of those that refuse
     * @param on the interfaces, none for all
     */
    public record Service(
            String name,
            boolean refuses,
            List<String> ports,
            List<String> to,
            List<String> on,
            boolean enabled,
            Count accepted,
            Count dropped,
            long connections) {
        private static Service of(OutgoingService service, boolean refuses) {
            return new Service(
                    service.name(),
                    refuses,
                    service.ports().stream().map(PortRange::toString).toList(),
                    ServiceRow.words(service.to()),
                    service.on().stream().map(InterfacePattern::text).toList(),
                    service.enabled(),
                    Count.ZERO,
                    Count.ZERO,
                    0);
        }

        private Service with(Map<String, Count> counters) {
            var names = new OutgoingNames(name);
            return new Service(
                    name,
                    refuses,
                    ports,
                    to,
                    on,
                    enabled,
                    counters.getOrDefault(names.accepted(), accepted),
                    counters.getOrDefault(names.refused(), dropped),
                    counters.getOrDefault(names.connections(), Count.ZERO).packets());
        }
    }

    /**
     * An address that packets did not reach.
     *
     * @param port or the protocol where it has none
     * @param users whose programs sent them; none for containers
     * @param programs those that try as this is written
     */
    public record Destination(
            String address,
            String port,
            long packets,
            long bytes,
            long secondsAgo,
            List<String> users,
            List<String> programs) {
        static Destination of(DroppedSource refused, List<String> users, List<String> programs) {
            return new Destination(
                    refused.source().toString(),
                    refused.wanted().map(PortRange::toString).orElse(""),
                    refused.count().packets(),
                    refused.count().bytes(),
                    refused.ago().toSeconds(),
                    users,
                    programs);
        }

        /** Who tries, as a clause; empty where nothing tells. */
        public String who() {
            var program = String.join(", ", programs);
            var user = users.isEmpty() ? "" : "user " + String.join(", ", users);
            return program.isEmpty() || user.isEmpty() ? program + user : program + " (" + user + ")";
        }
    }

    /** Nothing where everything may leave. */
    static Optional<OutgoingRow> of(OutgoingPolicy outgoing) {
        if (outgoing.isOpen()) {
            return Optional.empty();
        }
        var services = Stream.concat(
                        outgoing.services().values().stream().map(s -> Service.of(s, false)),
                        outgoing.refuse().values().stream().map(s -> Service.of(s, true)))
                .toList();
        return Optional.of(new OutgoingRow(outgoing.otherwise().word(), services, new Counted<>(0, List.of())));
    }

    /** The same with these counters of the kernel. */
    OutgoingRow with(Map<String, Count> counters) {
        return new OutgoingRow(
                otherwise, services.stream().map(s -> s.with(counters)).toList(), refused);
    }

    OutgoingRow refusing(List<Destination> destinations) {
        return new OutgoingRow(
                otherwise,
                services,
                new Counted<>(
                        destinations.size(), destinations.stream().limit(SHOWN).toList()));
    }
}
