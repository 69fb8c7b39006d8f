package io.portero.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafePathTest {
    @TempDir
    private Path temporary;

    private Path base;

    @BeforeEach
    void make() throws IOException {
        base = temporary.toRealPath();
        Files.createDirectories(base.resolve("a/b"));
        Files.createFile(base.resolve("a/b/file"));
    }

    private SafePath whole(String path) throws IOException {
        return SafePath.whole(base.resolve(path), Uid.trusted());
    }

    private SafePath links(String path) throws IOException {
        return SafePath.links(base.resolve(path), Uid.trusted());
    }

    private void permit(String path, String permissions) throws IOException {
        Files.setPosixFilePermissions(base.resolve(path), PosixFilePermissions.fromString(permissions));
    }

    @Test
    void resolvesAPathAsTheKernelDoes() throws IOException {
        Files.createSymbolicLink(base.resolve("relative"), Path.of("a/../a/./b"));
        Files.createSymbolicLink(base.resolve("absolute"), base.resolve("relative"));
        Files.createSymbolicLink(base.resolve("a/b/up"), Path.of("../.."));
        for (var path : new String[] {"a/b/file", "relative/file", "absolute/file", "absolute/up/a/b/file"}) {
            assertThat(whole(path).real()).isEqualTo(base.resolve(path).toRealPath());
            assertThat(whole(path).objection()).isEmpty();
        }
    }

    @Test
    void followsALinkThatIsReplacedAsInAConfigMap() throws IOException {
        Files.createSymbolicLink(base.resolve("..data"), Path.of("a/b"));
        Files.createSymbolicLink(base.resolve("portero.yaml"), Path.of("..data/file"));
        assertThat(whole("portero.yaml")).isEqualTo(whole("a/b/file"));
    }

    @Test
    void objectsToADirectoryThatOthersMayWriteUnlessItIsSticky() throws IOException {
        permit("a", "rwxrwxr-x");
        assertThat(whole("a/b/file").objection().orElseThrow())
                .isEqualTo("users other than its owner may write its directory " + base.resolve("a") + ": chmod go-w "
                        + base.resolve("a"));
        assertThat(links("a/b/file").objection()).isEmpty();
        Files.setAttribute(base.resolve("a"), "unix:mode", 01777);
        assertThat(whole("a/b/file").objection()).isEmpty();
    }

    @Test
    void objectsToALinkInADirectoryThatOthersMayWrite() throws IOException {
        Files.createSymbolicLink(base.resolve("a/link"), base.resolve("a/b"));
        assertThat(links("a/link/file").objection()).isEmpty();
        permit("a", "rwxrwxrwx");
        assertThat(links("a/link/file").objection()).isPresent();
    }

    @Test
    void failsForLoopsAndMissingFiles() throws IOException {
        Files.createSymbolicLink(base.resolve("loop"), Path.of("loop"));
        Files.createSymbolicLink(base.resolve("dangling"), Path.of("nowhere"));
        assertThatThrownBy(() -> whole("loop/x")).isInstanceOf(FileSystemLoopException.class);
        assertThatThrownBy(() -> whole("dangling")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> whole("a/none/x")).isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> whole("a/b/file/x")).isInstanceOf(NotDirectoryException.class);
    }
}
