package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.fleet.HostSettings.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnFilesTest {
    @TempDir
    private Path directory = Path.of("");

    private Path policy = Path.of("");
    private Path signers = Path.of("");
    private OwnFiles own = new OwnFiles(settings(), Clock.systemUTC()); // another one before each test

    @BeforeEach
    void bothAreKnown() throws IOException {
        policy = Files.writeString(directory.resolve("host.yaml"), "services: {}\n");
        signers = Files.writeString(directory.resolve("allowed_signers"), "#\n");
        own = new OwnFiles(settings(), Clock.systemUTC());
        assertThat(own.isPolicyNew()).isTrue();
        assertThat(own.isTrustNew()).isTrue();
    }

    private HostSettings settings() {
        return new HostSettings(
                "example",
                "voice",
                "voice1",
                new StoreSettings.Nats(List.of(), Optional.empty(), Optional.empty(), Optional.empty(), 0),
                1,
                directory.resolve("allowed_signers"),
                Optional.of(directory.resolve("revoked")),
                directory.resolve("host.yaml"),
                Optional.empty(),
                "127.0.0.1",
                0);
    }

    @Test
    void whatDoesNotChangeIsNotNew() {
        assertThat(own.isPolicyNew()).isFalse();
        assertThat(own.isTrustNew()).isFalse();
    }

    @Test
    void anEditIsNewOnce() throws IOException {
        Files.writeString(policy, "services: { }\n");
        assertThat(own.isPolicyNew()).isTrue();
        assertThat(own.isPolicyNew()).isFalse();
        assertThat(own.isTrustNew()).isFalse();
    }

    /** A file that could not be read until now may be readable then. */
    @Test
    void anotherModeIsNew() throws Exception {
        Thread.sleep(20); // the kernel's clock for files ticks every few milliseconds
        Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-rw----"));
        assertThat(own.isPolicyNew()).isTrue();
        Files.setPosixFilePermissions(signers, PosixFilePermissions.fromString("rw-rw----"));
        assertThat(own.isTrustNew()).isTrue();
    }

    @Test
    void aRevocationListThatAppearsOrDisappearsIsNew() throws IOException {
        var revoked = Files.writeString(directory.resolve("revoked"), "#\n");
        assertThat(own.isTrustNew()).isTrue();
        Files.delete(revoked);
        assertThat(own.isTrustNew()).isTrue();
        assertThat(own.isTrustNew()).isFalse();
    }

    /** As sftp over a slow line: it empties the file, and writes later. */
    @Test
    void aFileThatLooksUnfinishedIsNewAMomentLater() throws IOException {
        Files.writeString(policy, "");
        Files.writeString(signers, "someone ssh-ed25519 AAA");
        assertThat(own.isPolicyNew()).isFalse();
        assertThat(own.isTrustNew()).isFalse();
        var later = new OwnFiles(settings(), Clock.offset(Clock.systemUTC(), Duration.ofSeconds(3)));
        assertThat(later.isPolicyNew()).isTrue();
        assertThat(later.isTrustNew()).isTrue();
    }
}
