package io.portero.status;

import io.portero.policy.PortRange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the enabled service of a port. */
final class ServicePorts {
    private final Map<PortRange, String> services = new LinkedHashMap<>();

    ServicePorts(List<ServiceRow> rows) {
        for (var row : rows) {
            if (row.enabled()) {
                row.ports().forEach(ports -> parsed(ports).ifPresent(range -> services.putIfAbsent(range, row.name())));
            }
        }
    }

    Optional<String> serviceOf(PortRange port) {
        return services.entrySet().stream()
                .filter(e -> e.getKey().contains(port))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** Another version of the agent may know ports that this one does not. */
    private static Optional<PortRange> parsed(String ports) {
        try {
            return Optional.of(PortRange.parse(ports));
        } catch (PortRange.NotAPort e) {
            return Optional.empty();
        }
    }
}
