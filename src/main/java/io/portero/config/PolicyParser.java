package io.portero.config;

import io.portero.policy.Confirm;
import io.portero.policy.Group;
import io.portero.policy.InterfacePattern;
import io.portero.policy.Mode;
import io.portero.policy.Name;
import io.portero.policy.Policy;
import io.portero.policy.Safety;
import io.portero.policy.Sources;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Parses the words of a policy file into a policy, and continues after each problem.
 *
 * <p>The policy is valid only if no error was found.
 */
final class PolicyParser {
    private final PolicyFile file;
    private final PolicyDocument document;
    private final Findings findings;
    private final Words words;
    private final Outside outside;
    private final ListsParser lists;
    private final SourcesParser sources;
    private final Instant now;

    PolicyParser(
            PolicyFile file,
            PolicyDocument document,
            Findings findings,
            Outside outside,
            ListsParser lists,
            Instant now) {
        this.file = file;
        this.document = document;
        this.findings = findings;
        this.words = new Words(document, findings);
        this.outside = outside;
        this.lists = lists;
        this.now = now;
        this.sources = new SourcesParser(document, findings, new TreeSet<>(document.names("groups")), lists);
    }

    Policy policy() {
        var groups = groups();
        var services = new ServicesParser(file, document, findings, sources).services();
        var written = new Policy(
                words.choice("mode", file.mode(), Mode.class, Mode.ENFORCE),
                groups,
                services,
                deny(),
                sources.sources("ping", given("ping", file.ping(), "any")),
                trustedInterfaces(),
                new TestsParser(document, findings).tests(file.tests()),
                safety(),
                new OutgoingParser(file.outgoing(), document, findings, sources).outgoing());
        var policy = written.with(outside.addresses(written.names().keySet())).at(now);
        new WholeChecks(document, findings, outside.unanswered()).warn(policy);
        return policy;
    }

    /** A missing list has its default; an empty list in the file stays empty. */
    private List<String> given(String key, Optional<List<String>> written, String otherwise) {
        return written.orElse(document.has(key) ? List.of() : List.of(otherwise));
    }

    private SortedMap<String, Group> groups() {
        var groups = new TreeMap<String, Group>();
        for (var name : document.names("groups")) {
            var key = "groups." + name;
            if (Name.isReserved(name)) {
                error(key, "\"" + name + "\" is a reserved word; give the group another name");
            }
            var members = file.groups().getOrDefault(name, Optional.empty()).orElse(List.of());
            groups.put(name, new Group(name, sources.members(key, members)));
        }
        return groups;
    }

    private Sources deny() {
        var denied = sources.sources("deny", file.deny().orElse(List.of()));
        if (denied.any()) {
            error("deny", "denying any would refuse everybody; name the groups to deny");
            return Sources.NOBODY;
        }
        Stream.concat(Stream.of("deny"), denied.groups().stream().map(g -> "groups." + g))
                .flatMap(key -> lists.unknown(key).stream())
                .distinct()
                .forEach(list -> error(
                        "deny",
                        list + " could never be read, so its sources would not be denied; correct it (it may"
                                + " be empty)"));
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
        return new SettingsParser(document, findings).settings(file.agent());
    }

    private static boolean truth(String word) {
        return Boolean.parseBoolean(word);
    }

    private void error(String key, String sentence) {
        findings.error(document.line(key), key, sentence);
    }
}
