package io.portero.config;

import io.portero.policy.Reference.ListFile;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads a policy file, afresh each time, and finds everything that is wrong with it and with the lists that it names.
 *
 * <p>Belongs to one thread, but for {@link #listFiles}.
 */
public final class PolicyReader {
    private static final ListFiles.Read NOT_READ = new ListFiles.Read("", false, Optional.empty(), List.of());

    /** In characters; one with thousands of addresses in it takes memory, and changes whenever one of them does. */
    private static final int LONGEST_KEPT = 1 << 16;

    private final ListFiles lists = new ListFiles();
    private Words last = Words.NONE;
    private final Clock clock;

    public PolicyReader() {
        this(Clock.systemUTC());
    }

    /** @param clock tells which members' time is over */
    public PolicyReader(Clock clock) {
        this.clock = clock;
    }

    /** Reads the file and its lists, of which nothing else is known; what cannot be read is a refusal like any other. */
    public Loaded read(Path path) {
        return read(path, Outside.UNKNOWN);
    }

    /** Reads the file and its lists. */
    public Loaded read(Path path, Outside outside) {
        var findings = new Findings(path.toString());
        var text = TrustedFile.POLICY.read(path, findings);
        lists.begin();
        return text.isPresent()
                ? parse(text.get(), findings, outside, lists::read, TrustedProgram::problem)
                : new Loaded.Refused(findings.inOrder());
    }

    /** The nft that a policy file names, if it may be run; what else the file says is not judged. */
    public Optional<Path> nft(Path path) {
        var findings = new Findings(path.toString());
        return TrustedFile.POLICY
                .read(path, findings)
                .map(text -> PolicyDocument.read(text, findings).properties().get("agent.nft"))
                .filter(word -> word.startsWith("/"))
                .map(Path::of)
                .filter(program -> TrustedProgram.problem(program).isEmpty());
    }

    /** Reads a policy from text that stands for itself; {@code file} is what problems call it. */
    public Loaded parse(String file, String text) {
        return parse(file, text, Outside.UNKNOWN);
    }

    /** Reads a policy from text; what its lists hold is what is known besides. */
    public Loaded parse(String file, String text, Outside outside) {
        var findings = new Findings(file);
        return parse(text, findings, outside, list -> NOT_READ, program -> Optional.empty());
    }

    /** The lists that the file named when it was read last, with what tells whether they have changed since. */
    public Map<Path, String> listFiles() {
        return lists.identities();
    }

    /** @param judge what is wrong with a program; one that went away is no reason to refuse what is known to be good */
    private Loaded parse(
            String text,
            Findings findings,
            Outside outside,
            Function<ListFile, ListFiles.Read> reading,
            Function<Path, Optional<String>> judge) {
        var words = words(text, findings);
        var document = words.document();
        if (document.isEmpty()) {
            return new Loaded.Refused(findings.inOrder());
        }
        var file = words.file().orElseGet(() -> mapped(document));
        var parser = new PolicyParser(
                file, document, findings, outside, new ListsParser(findings, outside, reading), clock.instant());
        var policy = parser.policy();
        var settings = parser.settings();
        settings.nft().flatMap(judge).ifPresent(why -> findings.error(document.line("agent.nft"), "agent.nft", why));
        if (!findings.hasErrors()) {
            new WholeChecks(document, findings, outside.unanswered()).check(policy);
            new HostChecks(document, findings).check(policy, file, outside.host());
        }
        return findings.hasErrors()
                ? new Loaded.Refused(findings.inOrder())
                : new Loaded.Accepted(policy, settings, text, findings.inOrder());
    }

    /** What the same text came to when it was read last: where only a list has changed, the policy is not taken apart again. */
    private Words words(String text, Findings findings) {
        if (text.isEmpty() || !last.text().equals(text)) {
            var document = PolicyDocument.read(text, findings);
            boolean worthKeeping =
                    text.length() <= LONGEST_KEPT && findings.inOrder().isEmpty() && !document.isEmpty();
            if (!worthKeeping) {
                return new Words("", document, Optional.empty());
            }
            last = new Words(text, document, Optional.of(mapped(document)));
        }
        return last;
    }

    private record Words(String text, PolicyDocument document, Optional<PolicyFile> file) {
        static final Words NONE = new Words("", new PolicyDocument(Map.of(), Map.of(), Map.of()), Optional.empty());
    }

    /** No other source, no profile and no expression has a say: the file alone is the policy. */
    private static PolicyFile mapped(PolicyDocument document) {
        try {
            return new SmallRyeConfigBuilder()
                    .withSources(new YamlConfigSource("policy", document.properties(), 100))
                    .withMapping(PolicyFile.class)
                    .build()
                    .getConfigMapping(PolicyFile.class);
        } catch (ConfigValidationException e) {
            throw new IllegalStateException("the shape of the policy file and its mapping differ", e);
        }
    }
}
