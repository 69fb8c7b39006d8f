package io.portero.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.portero.files.Uid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FleetOwnerTest {
    private static final int SOMEBODY = 4242;

    @TempDir
    private Path base = Path.of("");

    private Path fleet = Path.of("");

    @BeforeEach
    void rootGaveTheDirectoryAway() throws IOException {
        assumeTrue(Uid.ofThisProcess() == Uid.ROOT, "only root can give a directory away");
        base = base.toRealPath();
        fleet = Files.createDirectory(base.resolve("fleet"));
        Files.createFile(fleet.resolve("portero.yaml"));
        Files.setAttribute(fleet, "unix:uid", SOMEBODY);
        Files.setAttribute(fleet.resolve("portero.yaml"), "unix:uid", SOMEBODY);
    }

    @Test
    void isTrustedInsideTheDirectoryAndThroughALinkIntoIt() throws IOException {
        var link = Files.createSymbolicLink(base.resolve("link.yaml"), fleet.resolve("portero.yaml"));
        assertThat(FleetOwner.trustedAt(fleet.resolve("portero.yaml"), fleet)).contains(SOMEBODY, Uid.ROOT);
        assertThat(FleetOwner.trustedAt(link, fleet)).contains(SOMEBODY);
    }

    @Test
    void isTrustedNowhereElse() throws IOException {
        var other = Files.createFile(base.resolve("portero.yaml"));
        var out = Files.createSymbolicLink(fleet.resolve("out.yaml"), other);
        assertThat(FleetOwner.trustedAt(other, fleet)).doesNotContain(SOMEBODY);
        assertThat(FleetOwner.trustedAt(out, fleet)).doesNotContain(SOMEBODY);
    }

    @Test
    void theOwnerOfADirectoryThatOthersCouldReplaceIsNotTrusted() throws IOException {
        Files.setAttribute(base, "unix:mode", 0777);
        assertThat(FleetOwner.trustedAt(fleet.resolve("portero.yaml"), fleet)).doesNotContain(SOMEBODY);
    }
}
