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
 * The policy for outgoing packets, and dropped outgoing packets.
 *
 * @param otherwise the default verdict: accept or drop
 * @param services the admitting entries, then the refusing ones
 * @param refused the destinations of dropped packets of the last day, the busiest first
 */
public record OutgoingRow(String otherwise, List<Service> services, Counted<Destination> refused) {
    private static final int SHOWN = 50;

    /**
     * One entry of {@code outgoing}.
     *
     * @param refuses whether it refuses
     * @param on the interfaces, empty for all
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
     * A destination of dropped outgoing packets.
     *
     * @param port the port, or the protocol if it has none
     * @param users the users whose programs sent them; empty for containers
     * @param programs the programs that try at this moment
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

        /** Who sends the packets, as a clause; empty if unknown. */
        public String who() {
            var program = String.join(", ", programs);
            var user = users.isEmpty() ? "" : "user " + String.join(", ", users);
            return program.isEmpty() || user.isEmpty() ? program + user : program + " (" + user + ")";
        }
    }

    /** Nothing if everything may leave. */
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
