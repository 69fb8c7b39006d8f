package io.portero.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.policy.Limit;
import io.portero.policy.Mode;
import io.portero.policy.OnRevoke;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import io.portero.policy.Protocol;
import io.portero.policy.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each kind of policy element is in some golden or example. */
class CoverageTest {
    private static Stream<Loaded> loaded() throws IOException {
        var reader = new PolicyReader();
        var goldens = Golden.all().map(g -> reader.parse(g.toString(), g.policy()));
        return Stream.concat(goldens, examples().map(reader::read));
    }

    private static Stream<Path> examples() throws IOException {
        try (var files = Files.list(Path.of("packaging/examples"))) {
            return files.toList().stream();
        }
    }

    private static Stream<Policy> policies() throws IOException {
        return loaded().filter(Loaded.Accepted.class::isInstance).map(l -> ((Loaded.Accepted) l).policy());
    }

    @Test
    void everyModeProtocolAndRevocationIsCompiled() throws IOException {
        assertThat(policies().map(Policy::mode)).contains(Mode.values());
        assertThat(policies().flatMap(p -> p.services().values().stream()).map(s -> s.onRevoke()))
                .contains(OnRevoke.CUT, OnRevoke.DRAIN, OnRevoke.drain(Duration.ofHours(2)));
        assertThat(policies()
                        .flatMap(p -> p.services().values().stream())
                        .flatMap(s -> s.limit().stream())
                        .map(Limit::per))
                .contains(Limit.Per.values());
        assertThat(policies()
                        .flatMap(p -> p.services().values().stream())
                        .flatMap(s -> s.ports().stream())
                        .map(p -> p.protocol()))
                .containsAll(Protocol.named());
    }

    @Test
    void everyKindOfSetAndTargetIsThere() throws IOException {
        var kinds = policies()
                .flatMap(p -> Stream.concat(
                        Stream.of(PolicyCompiler.compile(p)),
                        LearningRules.stages(p, new TreeSet<>(Set.of(22))).stream()))
                .flatMap(r -> r.sets().stream())
                .map(Object::getClass)
                .collect(Collectors.<Class<?>>toSet());
        assertThat(kinds).isEqualTo(Set.of(NamedSet.class.getPermittedSubclasses()));
        var targets = policies()
                .flatMap(p -> p.tests().stream())
                .map(t -> t.target().getClass())
                .collect(Collectors.<Class<?>>toSet());
        assertThat(targets).isSubsetOf(Set.of(Target.class.getPermittedSubclasses()));
    }

    @Test
    void everySeverityIsReported() throws IOException {
        assertThat(loaded().flatMap(l -> l.problems().stream()).map(Problem::severity))
                .contains(Problem.Severity.values());
    }

    @Test
    void theExamplesAreAcceptedWithoutWarnings() throws IOException {
        var names = new TreeSet<String>();
        for (var example : examples().toList()) {
            var result = new PolicyReader().parse(example.toString(), Files.readString(example));
            assertThat(result.problems()).isEmpty();
            assertThat(((Loaded.Accepted) result).policy().tests()).hasSizeGreaterThan(5);
            names.add(example.getFileName().toString());
        }
        assertThat(names)
                .containsExactly(
                        "all-in-one.yaml",
                        "behind-reverse-proxy.yaml",
                        "behind-sbc.yaml",
                        "cluster-app.yaml",
                        "cluster-data.yaml",
                        "cluster-voice.yaml");
    }
}
