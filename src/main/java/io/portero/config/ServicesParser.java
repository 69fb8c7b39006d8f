package io.portero.config;

import io.portero.policy.OnRevoke;
import io.portero.policy.Service;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Parses the services of a policy file, each with its ports, sources and conditions. */
final class ServicesParser {
    private final PolicyFile file;
    private final PolicyDocument document;
    private final Findings findings;
    private final Words words;
    private final SourcesParser sources;
    private final PortsParser portsParser;
    private final LimitParser limits;
    private final EntranceParser entrances;

    ServicesParser(PolicyFile file, PolicyDocument document, Findings findings, SourcesParser sources) {
        this.file = file;
        this.document = document;
        this.findings = findings;
        this.words = new Words(document, findings);
        this.sources = sources;
        this.portsParser = new PortsParser(document, findings);
        this.limits = new LimitParser(document, findings);
        this.entrances = new EntranceParser(document, findings);
    }

    SortedMap<String, Service> services() {
        var services = new TreeMap<String, Service>();
        if (document.names("services").isEmpty()) {
            reportOnce(
                    "services",
                    "a policy needs at least one service, such as ssh: { ports: [22/tcp], from: [any],"
                            + " management: true }");
        }
        for (var name : document.names("services")) {
            var keys = file.services().get(name);
            if (keys == null) {
                reportOnce("services." + name, "a service needs ports and from");
            } else {
                service(name, keys).ifPresent(s -> services.put(name, s));
            }
        }
        return services;
    }

    private Optional<Service> service(String name, PolicyFile.ServiceKeys keys) {
        var key = "services." + name;
        var ports = portsParser.ports(key + ".ports", keys.ports().orElse(List.of()));
        if (!document.has(key + ".from")) {
            findings.error(
                    document.line(key + ".from"),
                    key + ".from",
                    "it is missing; write who may reach " + name + "; for everybody, from: [any]");
        }
        var from = sources.sources(key + ".from", keys.from().orElse(List.of()));
        var onRevoke = onRevoke(key + ".on-revoke", keys.onRevoke());
        var limit = limits.limit(key + ".limit", keys.limit());
        var entrance = entrances.entrance(key, keys.on(), keys.to());
        if (ports.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Service(
                name,
                ports,
                from,
                Boolean.parseBoolean(keys.enabled()),
                Boolean.parseBoolean(keys.management()),
                onRevoke,
                limit,
                entrance));
    }

    private enum Way {
        CUT,
        DRAIN
    }

    private OnRevoke onRevoke(String key, String word) {
        return switch (words.choice(key, word, Way.class, Way.CUT)) {
            case CUT -> OnRevoke.CUT;
            case DRAIN ->
                document.below(key + ".drain")
                        .map(time -> drain(key + ".drain", time))
                        .orElse(OnRevoke.DRAIN);
        };
    }

    private OnRevoke drain(String key, String word) {
        return OnRevoke.drain(words.duration(
                key,
                word,
                OnRevoke.SHORTEST_DRAIN,
                OnRevoke.LONGEST_DRAIN,
                ", because a source that may go on for longer has not really been removed",
                OnRevoke.SHORTEST_DRAIN));
    }

    /** Reports an error unless the same key already has one, which may be its cause. */
    private void reportOnce(String key, String sentence) {
        if (!findings.haveErrorBelow(key)) {
            findings.error(document.line(key), key, sentence);
        }
    }
}
