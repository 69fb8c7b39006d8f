package io.portero.config;

import io.portero.config.PolicyFile.OutgoingKeys;
import io.portero.config.PolicyFile.OutgoingServiceKeys;
import io.portero.policy.OutgoingPolicy;
import io.portero.policy.OutgoingService;
import io.portero.policy.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Parses the destinations that this host and its containers may reach. */
final class OutgoingParser {
    private static final String KEY = "outgoing";
    private static final String SERVICES = KEY + ".services";
    private static final String REFUSE = KEY + ".refuse";

    private final OutgoingKeys keys;
    private final PolicyDocument document;
    private final Findings findings;
    private final Words words;
    private final SourcesParser sources;
    private final PortsParser ports;
    private final EntranceParser interfaces;

    OutgoingParser(OutgoingKeys keys, PolicyDocument document, Findings findings, SourcesParser sources) {
        this.keys = keys;
        this.document = document;
        this.findings = findings;
        this.words = new Words(document, findings);
        this.sources = sources;
        this.ports = new PortsParser(document, findings);
        this.interfaces = new EntranceParser(document, findings);
    }

    OutgoingPolicy outgoing() {
        var otherwise = words.choice(KEY + ".default", keys.otherwise(), Verdict.class, Verdict.ACCEPT);
        var services = services(SERVICES, keys.services(), "may be reached");
        var refuse = services(REFUSE, keys.refuse(), "may not be reached");
        for (var name : new TreeSet<>(refuse.keySet())) {
            if (services.containsKey(name)) {
                findings.error(
                        document.line(REFUSE + "." + name),
                        REFUSE + "." + name,
                        "the name " + name + " stands in " + SERVICES
                                + " too, and counters go by names; give one of the two another name");
                refuse.remove(name);
            }
        }
        var outgoing = new OutgoingPolicy(otherwise, services, refuse);
        warn(outgoing);
        return outgoing;
    }

    private SortedMap<String, OutgoingService> services(
            String section, Map<String, OutgoingServiceKeys> written, String what) {
        var services = new TreeMap<String, OutgoingService>();
        for (var name : document.names(section)) {
            var key = section + "." + name;
            var service = written.get(name);
            if (service != null) {
                service(key, name, service, what).ifPresent(s -> services.put(name, s));
            } else if (!findings.haveErrorBelow(key)) {
                findings.error(document.line(key), key, "an outgoing service needs ports and to");
            }
        }
        return services;
    }

    private Optional<OutgoingService> service(String key, String name, OutgoingServiceKeys service, String what) {
        var range = ports.ports(key + ".ports", service.ports().orElse(List.of()));
        if (!document.has(key + ".to")) {
            findings.error(
                    document.line(key + ".to"),
                    key + ".to",
                    "it is missing; write who " + what + " there; for everybody, to: [any]");
        }
        var to = sources.sources(key + ".to", service.to().orElse(List.of()));
        var on = interfaces.exit(key, service.on());
        return range.isEmpty()
                ? Optional.empty()
                : Optional.of(new OutgoingService(
                        name, range, to, new TreeSet<>(on), Boolean.parseBoolean(service.enabled())));
    }

    /** Warns about entries without an effect. */
    private void warn(OutgoingPolicy outgoing) {
        boolean drops = outgoing.otherwise() == Verdict.DROP;
        if (drops && !outgoing.enabledRefusals().isEmpty()) {
            findings.warning(
                    document.line(REFUSE),
                    REFUSE,
                    "with default: drop it changes nothing: what no service admits is dropped anyhow; take refuse out, or"
                            + " write default: accept");
        }
        for (var service : outgoing.enabledServices()) {
            boolean refused = outgoing.enabledRefusals().stream()
                    .anyMatch(r -> r.ports().stream()
                            .anyMatch(a -> service.ports().stream().anyMatch(a::overlaps)));
            if (!drops && !refused) {
                findings.warning(
                        document.line(SERVICES + "." + service.name()),
                        SERVICES + "." + service.name(),
                        "with default: accept it only counts: nothing in refuse has its ports; write default: drop, or"
                                + " refuse the ports to: [any]");
            }
        }
    }
}
