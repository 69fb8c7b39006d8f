package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An nft or a kernel that cannot seal a table. */
class UnsealableIT {
    @TempDir
    private Path scratch;

    @Test
    void theNftThatWasTriedDoesNotRunOn() {
        List<Long> pids = new CopyOnWriteArrayList<>();
        try (var kernel = KernelNamespace.create();
                var sealing = sealing(kernel, kernel.before(), pids::add, System::nanoTime)) {
            sealing.get();
            Assumptions.assumeFalse(sealing.isSealed(), "this nft can seal");
            assertThat(pids).isNotEmpty();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> pids.stream()
                            .allMatch(pid -> ProcessHandle.of(pid)
                                    .filter(ProcessHandle::isAlive)
                                    .isEmpty()));
        }
    }

    @Test
    void aMissingNftIsTriedAgainAfterASecond() throws IOException {
        var enter = scratch.resolve("enter");
        var nanos = new AtomicLong();
        try (var kernel = KernelNamespace.create();
                var sealing = sealing(kernel, List.of(enter.toString()), pid -> {}, nanos::get)) {
            sealing.get();
            assertThat(sealing.whyNot())
                    .hasValueSatisfying(why -> assertThat(why).contains("could not be started"));
            program(enter, "exec " + String.join(" ", kernel.before()) + " \"$@\"");
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            sealing.get();
            assertThat(sealing.whyNot().orElse("")).doesNotContain("could not be started");
        }
    }

    /** While its library is replaced it cannot run, and the table that the last agent sealed needs an owner soon. */
    @Test
    void anNftThatEndsIsTriedAgainAfterOneSecondAndThenTwo() throws IOException {
        var enter = program(scratch.resolve("enter"), "echo no libnftables.so.1 >&2; exit 127");
        var nanos = new AtomicLong();
        List<Long> pids = new CopyOnWriteArrayList<>();
        try (var kernel = KernelNamespace.create();
                var sealing = sealing(kernel, List.of(enter.toString()), pids::add, nanos::get)) {
            sealing.get();
            assertThat(sealing.whyNot())
                    .hasValueSatisfying(
                            why -> assertThat(why).contains("ended without an answer (no libnftables.so.1)"));
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            sealing.get();
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            sealing.get();
            assertThat(pids.stream().distinct()).hasSize(2);
            program(enter, "exec " + String.join(" ", kernel.before()) + " \"$@\"");
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            sealing.get();
            assertThat(sealing.whyNot().orElse("")).doesNotContain("without an answer");
        }
    }

    private Sealing sealing(KernelNamespace kernel, List<String> before, LongConsumer pids, LongSupplier nanoTime) {
        return new Sealing(kernel, NftProgram.only(kernel, "nft"), before, scratch, pids, nanoTime);
    }

    private static Path program(Path file, String command) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + command + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
