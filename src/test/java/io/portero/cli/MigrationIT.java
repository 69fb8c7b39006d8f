package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.exec.ProcessRunner;
import io.portero.lab.Privilege;
import io.portero.migration.NftRuleset;
import io.portero.net.PackagedProgram;
import io.portero.nft.ForeignScript;
import io.portero.nft.ForeignScript.Meaning;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The listing that nft itself makes of the scripts of {@link MigrationTest}, in a network namespace. */
class MigrationIT {
    private final ForeignScript scripts = new ForeignScript(new ProcessRunner(), () -> "nft", Privilege.isRoot());

    static Stream<Path> scripts() throws IOException {
        return MigrationTest.goldens().map(d -> d.resolve("nftables.conf")).filter(Files::exists);
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void nftListsAScriptAsInTheGolden(Path script) throws IOException {
        assertThat(scripts.read(script.toAbsolutePath()))
                .isInstanceOfSatisfying(
                        Meaning.Listed.class,
                        listed -> assertThat(NftRuleset.read(listed.json()))
                                .isPresent()
                                .isEqualTo(NftRuleset.read(golden(script))));
    }

    private static String golden(Path script) {
        try {
            return Files.readString(script.resolveSibling("listing.json"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static Stream<Path> goldens() throws IOException {
        return MigrationTest.goldens();
    }

    /** The native executable reads XML and has its own options. On a JVM, {@link MigrationTest} tests the same. */
    @ParameterizedTest
    @MethodSource("goldens")
    @EnabledIfSystemProperty(named = PackagedProgram.EXECUTABLE, matches = ".+")
    void theNativeExecutableProposesTheSame(Path directory) throws IOException {
        var done = PackagedProgram.run("init", MigrationTest.option(directory));
        assertThat(done.exitCode()).as(done.errors()).isZero();
        assertThat(done.output()).isEqualTo(Files.readString(directory.resolve("expected.yaml")));
    }

    @Test
    void reportsPlainlyWhatNftRefuses(@TempDir Path directory) throws IOException {
        var script = Files.writeString(directory.resolve("wrong.nft"), "table inet filter { chian input { } }\n");
        assertThat(scripts.read(script))
                .isInstanceOfSatisfying(
                        Meaning.Unknown.class,
                        unknown -> assertThat(unknown.why())
                                .startsWith("nft refuses it (")
                                .contains("syntax error"));
    }

    @Test
    void reportsHowToWriteAnInterfaceThatIsMissingInTheNamespace(@TempDir Path directory) throws IOException {
        var script = Files.writeString(
                directory.resolve("iif.nft"), "table inet filter {\nchain input {\niif \"nosuch0\" accept\n}\n}\n");
        assertThat(scripts.read(script))
                .isInstanceOfSatisfying(
                        Meaning.Unknown.class,
                        unknown -> assertThat(unknown.why()).contains("write iifname"));
    }
}
