package io.portero.migration;

import io.portero.migration.ForeignRules.Reading;
import io.portero.migration.Xml.Element;
import io.portero.policy.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads the ports of an element of firewalld, named directly or by a service. */
final class FirewalldPorts {
    private static final Set<String> PORTS = Set.of("port", "protocol", "include");
    private static final int DEPTH = 8;

    private final Map<String, String> services;
    private final Reading reading;

    /** @param services the text of each service's file, by its name */
    FirewalldPorts(Map<String, String> services, Reading reading) {
        this.services = services;
        this.reading = reading;
    }

    /** Nothing if the ports are unknown, which is reported. */
    Optional<List<PortRange>> of(String where, Element element) {
        var found = new ArrayList<PortRange>();
        if (!collect(element, found, 0) || found.isEmpty()) {
            reading.left(where, element.toString(), "a policy has nothing like these ports, or the file is missing");
            return Optional.empty();
        }
        return Optional.of(found);
    }

    /** Returns whether a policy can express all of it. */
    private boolean collect(Element element, List<PortRange> found, int depth) {
        try {
            return switch (element.name()) {
                case "port" -> {
                    var ports = element.get("port");
                    found.add(
                            ports.isEmpty()
                                    ? UfwRules.whole(element.get("protocol"))
                                    : PortRange.parse(ports + "/" + element.get("protocol")));
                    yield true;
                }
                case "protocol" -> {
                    found.add(UfwRules.whole(element.get("value")));
                    yield true;
                }
                default -> {
                    var name = element.get(element.name().equals("include") ? "service" : "name");
                    var file = Optional.ofNullable(services.get(name)).flatMap(Xml::read);
                    yield depth < DEPTH
                            && file.isPresent()
                            && file.get().all("destination").findAny().isEmpty()
                            && file.get().children().stream()
                                    .filter(e -> PORTS.contains(e.name()))
                                    .allMatch(e -> collect(e, found, depth + 1));
                }
            };
        } catch (PortRange.NotAPort e) {
            return false;
        }
    }
}
