package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.compile.PolicyCompiler;
import io.portero.compile.RulesetPrinter;
import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For each accepted golden, the real nft accepts the script. */
class GoldenIT {
    private static KernelNamespace kernel;

    @BeforeAll
    static void open() {
        kernel = KernelNamespace.create();
    }

    @AfterAll
    static void close() {
        kernel.close();
    }

    static Stream<Path> policies() throws IOException {
        try (var goldens = Files.list(Path.of("src/test/resources/golden"));
                var examples = Files.list(Path.of("packaging/examples"))) {
            return Stream.concat(goldens, examples).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("policies")
    void nftAcceptsTheScript(Path file) throws IOException {
        var text = Files.readString(file).replaceAll("(?s)# ==== the .*", "");
        if (new PolicyReader().parse(file.toString(), text) instanceof Loaded.Accepted accepted) {
            var script = RulesetPrinter.print(PolicyCompiler.compile(accepted.policy()));
            var result = kernel.run(new Command(List.of("nft", "--check", "-f", "-"), script, Duration.ofSeconds(10)));
            assertThat(result)
                    .isInstanceOfSatisfying(
                            CommandResult.Completed.class,
                            done -> assertThat(done.errors()).isEmpty());
        }
    }
}
