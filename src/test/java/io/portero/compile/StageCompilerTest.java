package io.portero.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.policy.RandomPolicy;
import java.io.IOException;
import java.time.Duration;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StageCompilerTest {
    static Stream<StagedGolden> goldens() throws IOException {
        return StagedGolden.all();
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void twoPoliciesCompileToTheTextOfTheGolden(StagedGolden golden) throws IOException {
        golden.update();
        if (!Boolean.getBoolean("golden.update")) {
            assertThat(golden.script()).isEqualTo(golden.expected());
        }
    }

    /** So the staged table cannot change what happens to a packet. */
    @Test
    void everyVerdictIsAcceptAndNoRuleChangesThePacket() {
        var world = new RandomPolicy(new Random(7));
        for (int i = 0; i < 300; i++) {
            var rules = StageCompiler.compile(world.next(), world.next(), AddressSet.EMPTY, Duration.ofHours(1));
            for (var chain : rules.chains()) {
                assertThat(chain.rules())
                        .allSatisfy(rule -> assertThat(rule.text())
                                .doesNotContainPattern("\\b(drop|reject|queue|snat|dnat|masquerade|notrack)$")
                                .doesNotContainPattern(" set (?!\\{)")
                                .matches(
                                        ".*(accept|return|(goto|jump) \\S+|vmap @\\S+|counter name \\S+|counter \\})"));
                chain.hook().ifPresent(hook -> assertThat(hook.policy()).isEqualTo("accept"));
            }
        }
    }

    @Test
    void servicesMaySwapAdjacentPorts() {
        var before = policy(
                "a: { ports: [20-21/tcp], from: [198.51.100.1] }", "b: { ports: [22-23/tcp], from: [198.51.100.1] }");
        var after = policy(
                "a: { ports: [22-23/tcp], from: [198.51.100.2] }", "b: { ports: [20-21/tcp], from: [198.51.100.2] }");
        var script = StageCompiler.compile(before, after, AddressSet.EMPTY, Duration.ofHours(1))
                .script();
        assertThat(script).contains("20-21", "22-23").doesNotContain("20-23");
    }

    private static Policy policy(String... services) {
        var text = "safety: { lockout-guard: false }\nservices:\n  " + String.join("\n  ", services) + "\n";
        return switch (new PolicyReader().parse("p.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    @Test
    void aPolicyHasNoDifferenceToItself() {
        var world = new RandomPolicy(new Random(8));
        for (int i = 0; i < 100; i++) {
            var policy = world.next();
            assertThat(StageCompiler.compile(policy, policy, AddressSet.EMPTY, Duration.ofHours(1))
                            .isEmpty())
                    .isTrue();
        }
    }
}
