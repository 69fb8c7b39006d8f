package io.portero.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.FirstFew;
import io.portero.policy.Policy;
import io.portero.policy.Reference.HostName;
import io.portero.policy.Service;
import io.portero.status.NameRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A host name that a service admits, with its current addresses.
 *
 * @param services the services that admit it
 * @param addresses its addresses; none if they are unknown
 * @param row the state of the name in the running agent
 */
record AdmittedName(String name, List<String> services, AddressSet addresses, Optional<NameRow> row) {
    private static final int SHOWN = 4;

    /** @param rows the rows of the running agent; empty if no agent runs */
    static List<AdmittedName> of(Policy policy, List<NameRow> rows) {
        var names = new ArrayList<AdmittedName>();
        policy.names().forEach((name, addresses) -> {
            var services = policy.enabledServices().stream()
                    .filter(s -> names(policy, s).anyMatch(name::equals))
                    .map(Service::name)
                    .toList();
            if (!services.isEmpty()) {
                var row =
                        rows.stream().filter(r -> r.name().equals(name.name())).findFirst();
                names.add(new AdmittedName(name.name(), services, addresses, row));
            }
        });
        return names;
    }

    /** The names that a service admits, including those in its groups. */
    private static Stream<HostName> names(Policy policy, Service service) {
        var from = service.from();
        return Stream.concat(
                        from.others().referred().keySet().stream(),
                        from.groups().stream().flatMap(g -> policy.group(g).members().referred().keySet().stream()))
                .flatMap(r -> r instanceof HostName name ? Stream.of(name) : Stream.empty());
    }

    String whom() {
        return addresses.isEmpty()
                ? "nobody: " + row.flatMap(NameRow::error).orElse("it has no known address")
                : FirstFew.of(addresses.ranges(), SHOWN) + age();
    }

    private String age() {
        return row.flatMap(NameRow::ageSeconds)
                        .map(s -> ", answered " + BanDuration.text(Duration.ofSeconds(s)) + " ago")
                        .orElse("")
                + (row.filter(NameRow::stale).isPresent() ? ", stale" : "");
    }

    void addTo(ObjectNode node) {
        node.put("name", name);
        services.forEach(node.putArray("services")::add);
        var list = node.putArray("addresses");
        addresses.ranges().stream().map(AddressRange::toString).forEach(list::add);
        node.put("age_seconds", row.flatMap(NameRow::ageSeconds).orElse(null));
        node.put("stale", row.map(NameRow::stale).orElse(null));
        node.put("error", row.flatMap(NameRow::error).orElse(null));
    }
}
