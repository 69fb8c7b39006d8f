package io.portero.nft;

import io.portero.apply.Failure;
import io.portero.apply.Failure.Kind;
import io.portero.exec.CommandResult;
import java.util.stream.Collectors;

/**
 * Classifies a failure of nft.
 *
 * <p>It uses the signal that killed nft, or else the first line of the error output in the C locale; texts as of nft
 * 1.0.6 and 1.1.3.
 */
final class NftFailure {
    private static final int SHOWN = 300;

    private NftFailure() {}

    /** Whether a listing or removal failed because there is no such table. */
    static boolean isAbsent(CommandResult.Completed done) {
        return !done.succeeded() && firstLine(done).contains("No such file or directory");
    }

    static Failure of(CommandResult result, NftHealth health) {
        return switch (result) {
            case CommandResult.NotStarted not ->
                new Failure(
                        Kind.NO_PROGRAM,
                        (not.why().contains("No such file or directory")
                                        ? "the program " + not.program() + " does not exist"
                                        : "the program " + not.program() + " could not be started ("
                                                + not.why().strip() + ")")
                                + (not.program().contains("/")
                                        ? "; install it there, or set another one with agent.nft"
                                        : "; install it: apt-get install nftables"));
            case CommandResult.TimedOut out ->
                new Failure(
                        Kind.TIMEOUT,
                        out.program() + " did not end within " + out.timeout().toSeconds()
                                + " seconds and was killed; check which other program uses nftables now");
            case CommandResult.Completed done ->
                done.signal()
                        .map(signal -> new Failure(Kind.CRASHED, health.sentence(signal)))
                        .orElseGet(() -> of(done, firstLine(done)));
        };
    }

    private static Failure of(CommandResult.Completed done, String line) {
        if (line.contains("Operation not permitted") || line.contains("Permission denied")) {
            return new Failure(
                    Kind.NO_PERMISSION, "changing the firewall is not permitted; run as root or grant CAP_NET_ADMIN");
        }
        if (line.contains("Protocol not supported") || line.contains("Unable to initialize Netlink socket")) {
            return new Failure(
                    Kind.NO_KERNEL_SUPPORT,
                    "this kernel has no nf_tables (" + line
                            + "); load the module nf_tables or use a kernel that has it");
        }
        return new Failure(
                Kind.REJECTED,
                "nft refused the transaction, and nothing changed: "
                        + (line.isEmpty() ? "exit code " + done.exitCode() : line));
    }

    private static String firstLine(CommandResult.Completed done) {
        var line = done.errors().lines().limit(1).collect(Collectors.joining()).strip();
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    }
}
