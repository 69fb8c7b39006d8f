package io.portero.compile;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

/** A golden file with two policies, the policy in force and the staged one, and the nft script that compares them. */
public record StagedGolden(Path file, String inForce, String staged, String expected) {
    private static final String STAGED = "# ==== the staged policy ====\n";
    private static final Path DIRECTORY = Path.of("src/test/resources/staged");

    public static Stream<StagedGolden> all() throws IOException {
        try (var files = Files.list(DIRECTORY)) {
            return files.sorted().map(StagedGolden::read).toList().stream();
        }
    }

    private static StagedGolden read(Path file) {
        try {
            var parts = Files.readString(file).split(STAGED + "|" + Golden.SCRIPT, 3);
            return new StagedGolden(file, parts[0], parts[1], parts.length < 3 ? "" : parts[2]);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The script, with one banned source. */
    public String script() {
        try {
            return StageCompiler.compile(
                            policy(inForce),
                            policy(staged),
                            AddressSet.of(AddressRange.parse("198.51.100.66")),
                            Duration.ofHours(24))
                    .script();
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(e);
        }
    }

    private static Policy policy(String text) {
        return switch (new PolicyReader().parse("policy.yaml", text)) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    void update() throws IOException {
        if (Boolean.getBoolean("golden.update")) {
            Files.writeString(file, inForce + STAGED + staged + Golden.SCRIPT + script());
        }
    }

    @Override
    public String toString() {
        return file.getFileName().toString();
    }
}
