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
 * Reads a policy file from the start each time, and finds all problems in it and in its lists.
 *
 * <p>Only one thread may use it, except for {@link #listFiles}.
 */
public final class PolicyReader {
    private static final ListFiles.Read NOT_READ = new ListFiles.Read("", false, false, Optional.empty(), List.of());

    /**
     * In characters. A longer file, with thousands of addresses, would take much memory, and it changes with each
     * address.
     */
    private static final int LONGEST_KEPT = 1 << 16;

    private final ListFiles lists = new ListFiles();
    private Words last = Words.NONE;
    private final Clock clock;

    public PolicyReader() {
        this(Clock.systemUTC());
    }

    /** @param clock tells when the time of a member is over */
    public PolicyReader(Clock clock) {
        this.clock = clock;
    }

    /** Reads the file and its lists without other knowledge; a file that cannot be read is refused. */
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

    /** The nft that a policy file names, if it may be run; other parts of the file are not checked. */
    public Optional<Path> nft(Path path) {
        var findings = new Findings(path.toString());
        return TrustedFile.POLICY
                .read(path, findings)
                .map(text -> PolicyDocument.read(text, findings).properties().get("agent.nft"))
                .filter(word -> word.startsWith("/"))
                .map(Path::of)
                .filter(program -> TrustedProgram.problem(program).isEmpty());
    }

    /** Parses a policy that needs nothing else; {@code file} is its name in problems. */
    public Loaded parse(String file, String text) {
        return parse(file, text, Outside.UNKNOWN);
    }

    /** Parses a policy; the content of its lists comes from {@code outside}. */
    public Loaded parse(String file, String text, Outside outside) {
        var findings = new Findings(file);
        return parse(text, findings, outside, list -> NOT_READ, program -> Optional.empty());
    }

    /** The lists that the file named when it was read last, with the identities that show a later change. */
    public Map<Path, String> listFiles() {
        return lists.identities();
    }

    /**
     * @param judge finds problems of a program; for a policy that was in force before, it finds none even if the
     * program is missing
     */
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

    /** The result for the same text from the last call, so that a change in a list does not parse the policy again. */
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

    /** Uses no other source, no profile and no expressions: only the file defines the policy. */
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
