package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
                var sealing = new Sealing(
                        kernel,
                        NftProgram.only(kernel, "nft"),
                        kernel.before(),
                        scratch,
                        pids::add,
                        System::nanoTime)) {
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
}
