package io.portero.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.AddressSet;
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
