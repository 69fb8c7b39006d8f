package io.portero.nft;

import io.portero.exec.Command;
import io.portero.exec.CommandResult;
import io.portero.exec.CommandRunner;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Loads a foreign script in a separate network namespace and lists the result; this host is not changed.
 *
 * <p>So nft itself evaluates defines, sets and includes. The namespace disappears with the process.
 */
public final class ForeignScript {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final CommandRunner runner;
    private final Supplier<String> nft;
    private final boolean root;

    /** @param root whether this process may create a network namespace without a user namespace */
    public ForeignScript(CommandRunner runner, Supplier<String> nft, boolean root) {
        this.runner = runner;
        this.nft = nft;
        this.root = root;
    }

    /** The result of a script. */
    public sealed interface Meaning {
        /** @param json as {@code nft -j list ruleset} prints it */
        record Listed(String json) implements Meaning {}

        /** @param why a clause that says what to do */
        record Unknown(String why) implements Meaning {}
    }

    /** @param script an absolute path */
    public Meaning read(Path script) {
        var path = script.toString();
        if (path.indexOf('"') >= 0 || path.indexOf('\n') >= 0) {
            return new Meaning.Unknown("its name has a quotation mark or a line break: copy it to another name");
        }
        var words = new ArrayList<>(List.of("unshare", "--net"));
        if (!root) {
            words.add("--map-root-user");
        }
        words.addAll(List.of(nft.get(), "-j", "-i"));
        var asked = runner.run(new Command(words, "include \"" + path + "\"\nlist ruleset\n", TIMEOUT));
        return switch (asked) {
            case CommandResult.NotStarted not ->
                new Meaning.Unknown(not.program() + " could not be started: apt-get install util-linux nftables");
            case CommandResult.TimedOut out -> new Meaning.Unknown(out.program() + " did not end in time: try again");
            case CommandResult.Completed done -> meaning(done);
        };
    }

    private static Meaning meaning(CommandResult.Completed done) {
        var complaint = done.errors()
                .lines()
                .filter(l -> l.contains("Error") || l.contains("failed"))
                .findFirst();
        if (complaint.isPresent() && complaint.get().contains("Interface does not exist")) {
            return new Meaning.Unknown(
                    "it uses iif or oif with an interface that does not exist here: in a copy, write iifname"
                            + " and oifname");
        }
        if (complaint.isPresent()) {
            return new Meaning.Unknown("nft refuses it (" + complaint.get().strip() + "): correct it, or run as root");
        }
        var start = done.output().indexOf("{\"nftables\"");
        return done.succeeded() && start >= 0
                ? new Meaning.Listed(done.output().substring(start))
                : new Meaning.Unknown("nft could not list it: run as root");
    }
}
