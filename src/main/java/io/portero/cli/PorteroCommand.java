package io.portero.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code portero} with all its subcommands. */
@Command(
        name = "portero",
        description = "Keeps this host reachable exactly as its policy file says, and shows that it does.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeOnExecutionException = ExitCode.FAILED,
        subcommands = {
            RunCommand.class,
            InitCommand.class,
            CheckCommand.class,
            RenderCommand.class,
            PlanCommand.class,
            ApplyCommand.class,
            ExplainCommand.class,
            TraceCommand.class,
            ExposureCommand.class,
            DoctorCommand.class,
            StatusCommand.class,
            WatchCommand.class,
            SuggestCommand.class,
            StageCommand.class,
            ConfirmCommand.class,
            RollbackCommand.class,
            HistoryCommand.class,
            RestoreCommand.class,
            AuditCommand.class,
            BanCommand.class,
            UnbanCommand.class,
            BansCommand.class,
            AllowCommand.class,
            DisallowCommand.class,
            AllowedCommand.class,
            ListsCommand.class,
            FleetCommand.class,
            RemoveCommand.class,
            DemoCommand.class,
            DemoProbeCommand.class,
            GenerateCompletion.class
        },
        footer = {
            "",
            "Exit codes: 0 done, 1 failed (kernel, permission, not running), 2 policy",
            "refused, 3 something would change (plan --detailed-exitcode), is open",
            "(exposure --fail-on-open) or is wrong (doctor), 64 usage."
        })
public final class PorteroCommand implements Runnable {
    /** These commands are for the demonstration and for packagers. */
    private static final Set<String> HIDDEN = Set.of("demo-probe", "generate-completion");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /**
     * Executes one command line.
     *
     * @param policy receives the policy file of the command before the command does anything
     */
    public static int execute(Tools tools, Consumer<Path> policy, String... arguments) {
        return commandLine(tools, arguments)
                .setExecutionStrategy(parsed -> {
                    policy.accept(policyOf(parsed));
                    return new CommandLine.RunLast().execute(parsed);
                })
                .execute(arguments);
    }

    /** The policy file that was given, otherwise the default. */
    private static Path policyOf(ParseResult parsed) {
        var command = parsed.asCommandLineList().getLast().getCommandSpec();
        return command.mixins().values().stream()
                .map(CommandSpec::userObject)
                .flatMap(mixin -> mixin instanceof PolicyArgument policy
                        ? Stream.of(policy.path())
                        : mixin instanceof Locations locations ? Stream.of(locations.config()) : Stream.empty())
                .findFirst()
                .orElseGet(() -> new Locations().config());
    }

    /**
     * Builds only the model of the command that the first word names: the model of all commands takes as long as a
     * short command itself.
     */
    static CommandLine commandLine(Tools tools, String... arguments) {
        return Stream.of(arguments)
                .findFirst()
                .flatMap(PorteroCommand::named)
                .map(type ->
                        configure(new CommandLine(new OneCommand(), new CommandFactory(tools)).addSubcommand(type)))
                .orElseGet(() -> commandLine(tools));
    }

    private static Optional<Class<?>> named(String name) {
        return HIDDEN.contains(name)
                ? Optional.empty()
                : Stream.<Class<?>>of(PorteroCommand.class
                                .getAnnotation(Command.class)
                                .subcommands())
                        .filter(type -> type.getAnnotation(Command.class).name().equals(name))
                        .findFirst();
    }

    /** Replaces {@code portero} as the parent of the command that is called. */
    @Command(name = "portero")
    private static final class OneCommand {}

    static CommandLine commandLine(Tools tools) {
        var line = new CommandLine(new PorteroCommand(), new CommandFactory(tools));
        line.getSubcommands().forEach((name, command) -> {
            command.getCommandSpec().usageMessage().hidden(HIDDEN.contains(name));
        });
        return configure(line);
    }

    private static CommandLine configure(CommandLine line) {
        line.getCommandSpec().exitCodeOnInvalidInput(ExitCode.USAGE).exitCodeOnExecutionException(ExitCode.FAILED);
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setParameterExceptionHandler(PorteroCommand::explainMisuse);
        line.getSubcommands().values().forEach(PorteroCommand::configure);
        return line;
    }

    private static int explainMisuse(ParameterException misuse, String[] arguments) {
        var line = misuse.getCommandLine();
        var errors = line.getErr();
        errors.println("portero: " + misuse.getMessage() + "; see "
                + line.getCommandSpec().qualifiedName() + " --help");
        UnmatchedArgumentException.printSuggestions(misuse, errors);
        return ExitCode.USAGE;
    }

    /** Without a subcommand, prints the list of subcommands. */
    @Override
    public void run() {
        PrintWriter errors = spec.commandLine().getErr();
        spec.commandLine().usage(errors);
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
