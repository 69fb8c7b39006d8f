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

/** Whatever stands in the policy file: it is a policy that nft can be given, or it is refused in words. */
class PolicyFuzzTest {
    private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-06-01T00:00:00Z"), ZoneOffset.UTC);

    /** Everything that rules of ours are made of; a quotation mark or a semicolon too much would be another rule. */
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
