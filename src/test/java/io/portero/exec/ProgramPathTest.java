package io.portero.exec;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramPathTest {
    @TempDir
    private Path directory;

    private Path bin;
    private Path sbin;
    private ProgramPath path;

    @BeforeEach
    void make() throws IOException {
        bin = Files.createDirectory(directory.resolve("bin"));
        sbin = Files.createDirectory(directory.resolve("sbin"));
        path = new ProgramPath(bin + ":/nowhere", List.of(sbin));
    }

    private static Path program(Path directory, String permissions) throws IOException {
        var file = Files.writeString(directory.resolve("nft"), "#!/bin/sh\necho \"$0 $PATH\"\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @Test
    void findsAnAdministratorsProgramThatThePathLacks() throws IOException {
        var nft = program(sbin, "rwxr-xr-x");
        assertThat(path.find("nft")).isEqualTo(nft.toString());
        assertThat(path.builder(List.of("nft", "-f", "-")).command()).containsExactly(nft.toString(), "-f", "-");
    }

    @Test
    void searchesThePathFirst() throws IOException {
        program(bin, "rwxr-xr-x");
        program(sbin, "rwxr-xr-x");
        assertThat(path.find("nft")).isEqualTo("nft");
    }

    @Test
    void doesNotReplaceAProgramThatHasDisappeared() throws IOException {
        var wrapper = program(bin, "rwxr-xr-x");
        program(sbin, "rwxr-xr-x");
        assertThat(path.find("nft")).isEqualTo("nft");
        Files.delete(wrapper);
        assertThat(path.find("nft")).isEqualTo("nft");
    }

    @Test
    void findsAProgramThatIsInstalledLater() throws IOException {
        assertThat(path.find("nft")).isEqualTo("nft");
        var nft = program(sbin, "rwxr-xr-x");
        assertThat(path.find("nft")).isEqualTo(nft.toString());
    }

    @Test
    void skipsFilesThatCannotBeRun() throws IOException {
        program(bin, "rw-r--r--");
        Files.createDirectory(sbin.resolve("nft"));
        assertThat(path.find("nft")).isEqualTo("nft");
    }

    @Test
    void doesNotChangeAPath() throws IOException {
        program(sbin, "rwxr-xr-x");
        assertThat(path.find("./nft")).isEqualTo("./nft");
    }

    @Test
    void passesTheWholePathToTheProgram() throws Exception {
        program(sbin, "rwxr-xr-x");
        var process = path.builder(List.of("nft")).start();
        assertThat(new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo(sbin.resolve("nft") + " " + bin + ":/nowhere:" + sbin + "\n");
        assertThat(process.waitFor(Duration.ofSeconds(5))).isTrue();
    }
}
