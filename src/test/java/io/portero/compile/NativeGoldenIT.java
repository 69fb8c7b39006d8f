package io.portero.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.net.PackagedProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The native executable compiles each golden to exactly the same text; on a JVM {@link GoldenTest} tests the same. */
@EnabledIfSystemProperty(named = PackagedProgram.EXECUTABLE, matches = ".+")
class NativeGoldenIT {
    @TempDir
    private Path directory;

    /**
     * Without goldens that name a file in /etc: {@link GoldenTest} does not read such a file, but the program would
     * read the file of this host.
     */
    static Stream<Golden> goldens() throws IOException {
        return Golden.all().filter(g -> !g.policy().contains("file:/"));
    }

    @ParameterizedTest
    @MethodSource("goldens")
    void rendersOrRefusesAsInTheGolden(Golden golden) throws IOException {
        var file = Files.writeString(directory.resolve("policy.yaml"), golden.policy());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        var done = PackagedProgram.run(
                "render",
                file.toString(),
                "--state-dir",
                directory.resolve("state").toString());
        if (golden.isRefusal()) {
            assertThat(done.exitCode()).isEqualTo(2);
            assertThat(done.output()).isEmpty();
            assertThat(done.errors().replace(file.toString(), "policy.yaml")).isEqualTo(golden.expected());
        } else {
            assertThat(done.exitCode()).as(done.errors()).isZero();
            assertThat(done.output()).isEqualTo(golden.expected());
        }
    }
}
