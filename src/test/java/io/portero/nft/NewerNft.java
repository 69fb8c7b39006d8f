package io.portero.nft;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.ProcessRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/**
 * An nft that is newer than Debian 12's, with its own loader and libraries. It is the nft in {@code -Dnft.newer=PATH}
 * or in the variable NFT_NEWER, otherwise Debian 13's, as in the package portero-nft.
 */
public final class NewerNft {
    private static final Path UNPACKED = Path.of("target/nft-newer");

    private NewerNft() {}

    /** Skips the test if no newer nft can be found or unpacked; in CI this is a failure. */
    public static synchronized Path find() {
        var variable = System.getenv().getOrDefault("NFT_NEWER", "");
        var named = System.getProperty("nft.newer", variable);
        if (!named.isBlank()) {
            return Path.of(named).toAbsolutePath();
        }
        var program = UNPACKED.resolve("bin/nft").toAbsolutePath();
        if (Files.isExecutable(program)) {
            return program;
        }
        var command = Command.of(Duration.ofMinutes(3), "packaging/nft/unpack", UNPACKED.toString());
        var result = new ProcessRunner().run(command);
        boolean unpacked = result instanceof CommandResult.Completed done && done.succeeded();
        if (!unpacked && "true".equals(System.getenv("CI"))) {
            throw new AssertionError("a newer nft is needed in CI: " + result);
        }
        Assumptions.assumeTrue(unpacked, "a newer nft cannot be had here: " + result);
        return program;
    }
}
