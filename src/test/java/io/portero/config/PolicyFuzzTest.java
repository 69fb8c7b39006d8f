package io.portero.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.portero.FuzzSeeds;
import io.portero.compile.PolicyCompiler;
import io.portero.compile.RulesetPrinter;
import io.portero.policy.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.provider.MethodSource;

/** Any text as a policy file gives a policy that can be compiled for nft, or a refusal in words. */
class PolicyFuzzTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-06-01T00:00:00Z"), ZoneOffset.UTC);

    /**
     * The characters that our rules may contain; an additional quotation mark or semicolon would start another rule.
     */
    private static final Pattern LINE = Pattern.compile("[\\t -~]*");

    static Stream<Named<byte[]>> policies() {
        return FuzzSeeds.of("golden", ".yaml");
    }

    @MethodSource("policies")
    @FuzzTest
    void anyTextIsAPolicyOrProblemsInWords(byte[] bytes) {
        var text = new String(bytes, StandardCharsets.UTF_8);
        switch (new PolicyReader(CLOCK).parse("policy.yaml", text)) {
            case Loaded.Refused refused -> {
                assertThat(refused.problems())
                        .anyMatch(p -> p.severity() == Problem.Severity.ERROR)
                        .allSatisfy(p -> SentenceOf.check(p, text));
            }
            case Loaded.Accepted accepted -> {
                assertThat(accepted.problems()).allSatisfy(p -> SentenceOf.check(p, text));
                var script = RulesetPrinter.print(PolicyCompiler.compile(accepted.policy()));
                assertThat(script.lines()).allMatch(line -> LINE.matcher(line).matches());
                assertThat(script.chars().filter(c -> c == '{').count())
                        .isEqualTo(script.chars().filter(c -> c == '}').count());
            }
        }
    }
}
