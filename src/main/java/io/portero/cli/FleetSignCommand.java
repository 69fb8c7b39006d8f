package io.portero.cli;

import io.portero.fleet.HostPolicies.Judged;
import io.portero.fleet.Refusal;
import io.portero.fleet.Signing;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero fleet sign}, which signs the fleet as a new version. */
@Command(
        name = "sign",
        mixinStandardHelpOptions = true,
        description = "Checks a fleet and signs it as a new version with an SSH key. When nothing has changed since"
                + " the last version, it adds a signature to that version.")
final class FleetSignCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private FleetArgument argument = new FleetArgument();

    @Mixin
    private KeyOption key = new KeyOption();

    @Option(names = "--version-number", paramLabel = "N", description = "The version number (default: the next).")
    private @Nullable Long version;

    @Option(
            names = "--existing",
            description = "Add a signature to the version in signed/, even if the fleet directory has changed since.")
    private boolean existing;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    FleetSignCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        return FleetAnswer.of(spec.commandLine(), this::sign);
    }

    private int sign() throws Refusal {
        var out = spec.commandLine().getOut();
        var signing = new Signing(argument.signed(), tools.fleet().keygen(), Clock.systemUTC());
        Signing.Done done;
        if (existing) {
            done = signing.again(key.path());
        } else {
            var fleet = argument.read();
            var judged = FleetChecks.judge(tools, fleet, (some, all) -> {});
            FleetCheckCommand.report(judged).forEach(spec.commandLine().getErr()::println);
            if (!judged.values().stream().allMatch(Judged::isGood)) {
                spec.commandLine().getErr().println("portero: nothing is signed, because a host would refuse it");
                return ExitCode.REFUSED;
            }
            done = signing.fleet(fleet, key.path(), Optional.ofNullable(version));
        }
        var removed = argument.signed().removeOldLists();
        if (json) {
            out.println(Json.print(Json.object()
                    .put("version", done.version())
                    .put("roles", done.roles())
                    .put("signatures", done.signatures())
                    .put("new", done.isNew())
                    .put("lists_removed", removed.objects())));
        } else {
            out.println((done.isNew() ? "signed version " : "added a signature to version ") + done.version() + ": "
                    + Plural.of(done.roles(), "role") + ", " + Plural.of(done.signatures(), "signature")
                    + "; next: portero fleet push, or portero fleet roll");
            removed.sentence("signed/lists").ifPresent(out::println);
        }
        return ExitCode.DONE;
    }

    /** The option for the signing key. */
    static final class KeyOption {
        @Option(
                names = "--key",
                paramLabel = "FILE",
                description = "The SSH key to sign with, or its public part when the key is in an ssh-agent or"
                        + " a hardware token (default:"
                        + " ~/.ssh/id_ed25519).")
        private @Nullable Path file;

        Path path() throws Refusal {
            var key = file == null ? Path.of(System.getProperty("user.home", ""), ".ssh", "id_ed25519") : file;
            if (!Files.exists(key) && !Files.exists(key.resolveSibling(key.getFileName() + ".pub"))) {
                throw new Refusal(
                        Refusal.Kind.UNSIGNED,
                        key + ": there is no such key; name another with --key, or make one: ssh-keygen -t ed25519 -f "
                                + key);
            }
            return key;
        }
    }
}
