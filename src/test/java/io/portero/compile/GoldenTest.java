package io.portero.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GoldenTest {
    static Stream<Golden> goldens() throws IOException {
        return Golden.all();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void aPolicyCompilesToTheTextOfTheGolden(Golden golden) throws IOException {
        var loaded = new PolicyReader().parse("policy.yaml", golden.policy());
        var actual = switch (loaded) {
            case Loaded.Refused refused ->
                refused.problems().stream().map(p -> p + "\n").collect(Collectors.joining());
            case Loaded.Accepted accepted -> RulesetPrinter.print(PolicyCompiler.compile(accepted.policy()));
        };
        var separator = loaded instanceof Loaded.Refused ? Golden.PROBLEMS : Golden.SCRIPT;
        golden.update(separator, actual);
        if (!Boolean.getBoolean("golden.update")) {
            assertThat(separator + actual).isEqualTo(golden.separator() + golden.expected());
        }
    }
}
