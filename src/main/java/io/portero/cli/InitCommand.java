package io.portero.cli;

import io.portero.config.Loaded;
import io.portero.exposure.Listener;
import io.portero.files.OpenFile;
import io.portero.migration.MigratedPolicy;
import io.portero.policy.PortRange;
import io.portero.policy.Problem;
import io.portero.policy.Problem.Severity;
import io.portero.proposal.HostFacts;
import io.portero.proposal.Proposal;
import io.portero.proposal.Wishes;
import io.portero.safety.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code portero init}, which proposes a policy for this host. */
@Command(
        name = "init",
        mixinStandardHelpOptions = true,
        description = "Proposes a policy for this host, from what it shows or from the rules of another"
                + " firewall. It changes nothing.")
final class InitCommand implements Callable<Integer> {
    private static final String WORDS = "addresses, ranges, networks, host names";

    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--admins",
            split = ",",
            paramLabel = "ADDR",
            description = "Who may log in (" + WORDS + "); default: everybody.")
    private List<String> admins = List.of();

    @Option(
            names = "--itsp",
            split = ",",
            paramLabel = "ADDR",
            description = "The addresses of your telephone carrier.")
    private List<String> itsp = List.of();

    @Option(names = "--monitoring", split = ",", paramLabel = "ADDR", description = "Who may read metrics.")
    private List<String> monitoring = List.of();

    @Mixin
    private OtherFirewall other = new OtherFirewall();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write to this file instead of standard output; it must not exist yet.")
    private @Nullable Path output;

    InitCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        if (other.named() > 1) {
            throw new ParameterException(spec.commandLine(), "give only one of the --from options");
        }
        try {
            var read = other.read(tools.scripts());
            return put(read == null ? proposal() : carriedOver(read));
        } catch (OtherFirewall.CannotRead e) {
            return fail(String.valueOf(e.getMessage()));
        }
    }

    private String carriedOver(OtherFirewall.Read read) {
        var ssh = HostFacts.sshPorts(tools.host().sshPorts()).stream()
                .map(PortRange::first)
                .collect(Collectors.toCollection(TreeSet::new));
        return MigratedPolicy.of(read.rules(), read.option(), read.files(), ssh);
    }

    private String proposal() {
        var wishes = new Wishes(words("--admins", admins), words("--itsp", itsp), words("--monitoring", monitoring));
        return Proposal.of(facts(), wishes);
    }

    private int put(String proposal) {
        if (tools.reader().parse("proposal", proposal) instanceof Loaded.Refused refused) {
            throw new IllegalStateException("the proposal is no policy: " + refused.problems() + "\n" + proposal);
        }
        if (output == null) {
            spec.commandLine().getOut().print(proposal);
            spec.commandLine().getOut().flush();
            return ExitCode.DONE;
        }
        return write(output, proposal);
    }

    private HostFacts facts() {
        var ssh = HostFacts.sshPorts(tools.host().sshPorts());
        var listeners = new ArrayList<Listener>(tools.host().listeners());
        listeners.addAll(tools.host().published());
        return new HostFacts(
                ssh,
                loggedIn(tools.host().sessions(ssh)),
                listeners,
                tools.host().surroundings(),
                tools.host().voicePrograms(),
                tools.host().memberships());
    }

    private static List<Session> loggedIn(List<Session> sessions) {
        return sessions.stream().filter(s -> s.live() && s.login().isPresent()).toList();
    }

    /** Parses the words like the members of a group, so that an invalid word gets the same message. */
    private List<String> words(String option, List<String> written) {
        var words =
                written.stream().map(String::strip).filter(w -> !w.isEmpty()).toList();
        var group = words.stream()
                .map(w -> '"' + w.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                .collect(Collectors.joining(", "));
        var policy = """
                groups: { named: [%s] }
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                """.formatted(group);
        if (tools.reader().parse(option, policy) instanceof Loaded.Refused refused) {
            var errors = refused.problems().stream()
                    .filter(p -> p.severity() == Severity.ERROR)
                    .map(Problem::sentence)
                    .collect(Collectors.joining("; "));
            throw new ParameterException(spec.commandLine(), option + ": " + errors);
        }
        return words;
    }

    /** Makes the file readable for all users, because the agent's user must read it. */
    private int write(Path file, String proposal) {
        var line = spec.commandLine();
        try {
            OpenFile.make(
                    file, proposal.getBytes(StandardCharsets.UTF_8), PosixFilePermissions.fromString("rw-r--r--"));
        } catch (FileAlreadyExistsException e) {
            return fail(file + " exists, and portero init does not overwrite it: move it away, or give another"
                    + " --output");
        } catch (NoSuchFileException e) {
            return fail(file + " cannot be written, because its directory does not exist: create it, or give"
                    + " another --output");
        } catch (IOException e) {
            return fail(file + " could not be written completely (" + e.getMessage() + "): check it before you"
                    + " use it, or give another --output");
        }
        line.getOut().println(file + ": written; read it, then run: portero check " + file);
        return ExitCode.DONE;
    }

    private int fail(String sentence) {
        spec.commandLine().getErr().println("portero: " + sentence);
        return ExitCode.FAILED;
    }
}
