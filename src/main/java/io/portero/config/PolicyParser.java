package io.portero.config;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Confirm;
import io.portero.policy.Explainer;
import io.portero.policy.Group;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Ip;
import io.portero.policy.Mode;
import io.portero.policy.Name;
import io.portero.policy.OnRevoke;
import io.portero.policy.Policy;
import io.portero.policy.PolicyTest;
import io.portero.policy.PortRange;
import io.portero.policy.Reference.HostName;
import io.portero.policy.Safety;
import io.portero.policy.Service;
import io.portero.policy.Sources;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Turns the words of a policy file into a policy, going on after each problem.
 *
 * <p>What it returns is only worth something when nothing was found wrong.
 */
final class PolicyParser {
    private final PolicyFile file;
    private final PolicyDocument document;
    private final Findings findings;
    private final Words words;
    private final Outside outside;
    private final ListsParser lists;
    private final SourcesParser sources;

    PolicyParser(PolicyFile file, PolicyDocument document, Findings findings, Outside outside, ListsParser lists) {
        this.file = file;
        this.document = document;
        this.findings = findings;
        this.words = new Words(document, findings);
        this.outside = outside;
        this.lists = lists;
        this.sources = new SourcesParser(document, findings, new TreeSet<>(document.names("groups")), lists);
    }

    Policy policy() {
        var groups = groups();
        var services = services();
        var written = new Policy(
                words.choice("mode", file.mode(), Mode.class, Mode.ENFORCE),
                groups,
                services,
                deny(),
                sources.sources("ping", given("ping", file.ping(), "any")),
                trustedInterfaces(),
                tests(),
                safety());
        var names = written.names();
        var policy = names.isEmpty() ? written : written.with(outside.names().addresses(names.keySet()));
        warnOfUnknownNames(policy);
        warnOfEmptySources(policy);
        return policy;
    }

    /** A list that was left out is the default; one that is written and empty is empty. */
    private List<String> given(String key, Optional<List<String>> written, String otherwise) {
        return written.orElse(document.has(key) ? List.of() : List.of(otherwise));
    }

    private SortedMap<String, Group> groups() {
        var groups = new TreeMap<String, Group>();
        for (var name : document.names("groups")) {
            var key = "groups." + name;
            if (Name.isReserved(name)) {
                error(key, "\"" + name + "\" has a meaning of its own; call the group something else");
            }
            var members = file.groups().getOrDefault(name, Optional.empty()).orElse(List.of());
            groups.put(name, new Group(name, sources.members(key, members)));
        }
        return groups;
    }

    private SortedMap<String, Service> services() {
        var services = new TreeMap<String, Service>();
        if (document.names("services").isEmpty()) {
            reportOnce(
                    "services",
                    "a policy has at least one service; write who may reach what, such as"
                            + " ssh: { ports: [22/tcp], from: [any], management: true }");
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
        var ports = ports(key + ".ports", keys.ports().orElse(List.of()));
        if (!document.has(key + ".from")) {
            error(key + ".from", "it is missing; say who may reach " + name + ", and if it is everybody, from: [any]");
        }
        var from = sources.sources(key + ".from", keys.from().orElse(List.of()));
        var onRevoke = words.choice(key + ".on-revoke", keys.onRevoke(), OnRevoke.class, OnRevoke.CUT);
        if (ports.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Service(name, ports, from, truth(keys.enabled()), truth(keys.management()), onRevoke));
    }

    private List<PortRange> ports(String key, List<String> written) {
        var ports = new ArrayList<PortRange>();
        for (int i = 0; i < written.size(); i++) {
            try {
                ports.add(PortRange.parse(written.get(i)));
            } catch (PortRange.NotAPort e) {
                findings.error(
                        document.line(key + "[" + i + "]"),
                        key,
                        "\"" + PolicyDocument.printable(written.get(i)) + "\" is not a port: " + e.getMessage());
            }
        }
        if (written.isEmpty()) {
            reportOnce(key, "a service has at least one port, such as 443/tcp");
        }
        return ports;
    }

    private Sources deny() {
        var denied = sources.sources("deny", file.deny().orElse(List.of()));
        if (denied.any()) {
            error("deny", "denying any would refuse everybody; name the groups that are meant");
            return Sources.NOBODY;
        }
        Stream.concat(Stream.of("deny"), denied.groups().stream().map(g -> "groups." + g))
                .flatMap(key -> lists.unknown(key).stream())
                .distinct()
                .forEach(list -> error(
                        "deny",
                        list + " could never be read, and whom it should keep out would be let in; mend it (it may be"
                                + " empty)"));
        return denied;
    }

    private TreeSet<InterfacePattern> trustedInterfaces() {
        var key = "trusted-interfaces";
        var patterns = new TreeSet<InterfacePattern>();
        var written = file.trustedInterfaces().orElse(List.of());
        for (int i = 0; i < written.size(); i++) {
            var word = written.get(i);
            if (InterfacePattern.isValid(word)) {
                patterns.add(new InterfacePattern(word));
            } else {
                findings.error(
                        document.line(key + "[" + i + "]"),
                        key,
                        "\"" + PolicyDocument.printable(word) + "\" is not an interface; " + InterfacePattern.RULE);
            }
        }
        return patterns;
    }

    private List<PolicyTest> tests() {
        var tests = new ArrayList<PolicyTest>();
        for (int i = 0; i < file.tests().size(); i++) {
            test("tests[" + i + "]", file.tests().get(i)).ifPresent(tests::add);
        }
        return tests;
    }

    private Optional<PolicyTest> test(String key, PolicyFile.TestKeys keys) {
        var from =
                words.required(key + ".from", keys.from(), "from: 203.0.113.9").flatMap(w -> testAddress(key, w));
        var to = words.required(key + ".to", keys.to(), "to: 5060/udp").flatMap(w -> testTarget(key, w));
        var expect = words.required(key + ".expect", keys.expect(), "expect: accept")
                .map(w -> words.choice(key + ".expect", w, Verdict.class, Verdict.DROP));
        var via = keys.via().filter(w -> isInterface(key, w));
        return from.isPresent() && to.isPresent() && expect.isPresent()
                ? Optional.of(new PolicyTest(from.get(), to.get(), via, expect.get()))
                : Optional.empty();
    }

    private boolean isInterface(String key, String word) {
        boolean named = InterfacePattern.isValid(word) && !word.endsWith("*");
        if (!named) {
            error(
                    key + ".via",
                    "\"" + PolicyDocument.printable(word) + "\" is not one interface; write its name, such as eth0");
        }
        return named;
    }

    private Optional<Ip> testAddress(String key, String word) {
        try {
            return Optional.of(Ip.parse(word));
        } catch (Ip.NotAnAddress e) {
            error(key + ".from", "\"" + PolicyDocument.printable(word) + "\" is not one address: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Target> testTarget(String key, String word) {
        try {
            return Optional.of(Target.parse(word));
        } catch (PortRange.NotAPort e) {
            error(key + ".to", "\"" + PolicyDocument.printable(word) + "\" is not a port: " + e.getMessage());
            return Optional.empty();
        }
    }

    private Safety safety() {
        var keys = file.safety();
        return new Safety(
                truth(keys.lockoutGuard()),
                words.choice("safety.confirm", keys.confirm(), Confirm.class, Safety.DEFAULT.confirm()),
                words.duration(
                        "safety.confirm-within",
                        keys.confirmWithin(),
                        Duration.ofSeconds(1),
                        Safety.DEFAULT.confirmWithin()),
                truth(keys.trustUplink()));
    }

    AgentSettings settings() {
        var defaults = AgentSettings.DEFAULT;
        var interval = words.duration(
                "agent.reconcile-interval",
                file.agent().reconcileInterval(),
                Duration.ofMillis(500),
                defaults.reconcileInterval());
        var maxStale =
                words.duration("agent.max-stale", file.agent().maxStale(), Duration.ofMinutes(1), defaults.maxStale());
        var host = file.agent().metrics().host();
        try {
            Ip.parse(host);
        } catch (Ip.NotAnAddress e) {
            error(
                    "agent.metrics.host",
                    "\"" + PolicyDocument.printable(host)
                            + "\" is not an address of this host; 0.0.0.0 is all of them");
        }
        int port = words.port(
                "agent.metrics.port",
                file.agent().metrics().port(),
                defaults.metrics().port());
        return new AgentSettings(interval, maxStale, nft(), new AgentSettings.Metrics(host, port));
    }

    private Optional<Path> nft() {
        var key = "agent.nft";
        if (file.agent().nft().isEmpty() && document.has(key)) {
            error(key, "it is empty; name a program by its whole path, or leave the key out");
        }
        return file.agent().nft().flatMap(word -> {
            if (!word.startsWith("/")) {
                error(
                        key,
                        "\"" + PolicyDocument.printable(word) + "\" is not a whole path; write it from / on, such as"
                                + " /usr/local/sbin/nft");
                return Optional.empty();
            }
            return Optional.of(Path.of(word));
        });
    }

    private void warnOfUnknownNames(Policy policy) {
        for (var name : unknownNames(policy)) {
            for (var place : policy.places(name)) {
                var key = policy.groups().containsKey(place) ? "groups." + place : place;
                findings.warning(
                        document.line(key), key, name + " has no known address; until it has, nobody is meant by it");
            }
        }
    }

    private static List<HostName> unknownNames(Policy policy) {
        return policy.names().entrySet().stream()
                .filter(e -> e.getValue().isEmpty())
                .map(Map.Entry::getKey)
                .toList();
    }

    private void warnOfEmptySources(Policy policy) {
        for (var service : policy.enabledServices()) {
            var key = service.fromKey();
            for (var group : service.from().groups()) {
                if (policy.group(group).addresses().equals(AddressSet.EMPTY)) {
                    findings.warning(document.line(key), key, "the group " + group + " is empty and admits nobody");
                }
            }
            if (service.from().equals(Sources.NOBODY)) {
                findings.warning(document.line(key), key, "nobody is admitted to " + service.name());
            }
        }
    }

    /** What only shows when the policy is taken as a whole. */
    void checkWhole(Policy policy) {
        if (policy.safety().lockoutGuard() && policy.enabledServices().stream().noneMatch(Service::management)) {
            error(
                    "services",
                    "no enabled service has management: true, so that nobody could come in to mend this"
                            + " host; mark the one that you log in by, or set safety.lockout-guard: false");
        }
        var explainer = new Explainer(policy);
        for (int i = 0; i < policy.tests().size(); i++) {
            var test = policy.tests().get(i);
            var found = explainer.explain(test);
            if (found.verdict() != test.expect() && couldStillHold(policy, test)) {
                findings.warning(
                        document.line("tests[" + i + "]"),
                        "tests[" + i + "]",
                        "whether " + test.from() + " to " + test.to() + " has the verdict "
                                + test.expect().word() + " shows only when all names have an address");
            } else if (found.verdict() != test.expect()) {
                error(
                        "tests[" + i + "]",
                        "expected " + test.expect().word() + " from " + test.from() + " to "
                                + test.to() + ", but the verdict is "
                                + found.verdict().word() + " by " + found.key() + ": "
                                + found.why());
            }
        }
    }

    /** Whether a test that fails would hold if names that have no known address stood for the right one. */
    private boolean couldStillHold(Policy policy, PolicyTest test) {
        var names = new HashMap<HostName, AddressSet>(policy.names());
        unknownNames(policy).forEach(name -> names.put(name, AddressSet.of(AddressRange.of(test.from()))));
        return new Explainer(policy.with(names)).explain(test).verdict() == test.expect();
    }

    /** For what follows from something that may have been reported already. */
    private void reportOnce(String key, String sentence) {
        if (!findings.haveErrorBelow(key)) {
            error(key, sentence);
        }
    }

    private static boolean truth(String word) {
        return Boolean.parseBoolean(word);
    }

    private void error(String key, String sentence) {
        findings.error(document.line(key), key, sentence);
    }
}
