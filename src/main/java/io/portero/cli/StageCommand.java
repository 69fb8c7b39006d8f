package io.portero.cli;

import io.portero.config.Loaded;
import io.portero.control.ApplyDesk;
import io.portero.control.ControlClient;
import io.portero.control.Request;
import io.portero.control.Request.Answer;
import io.portero.control.StageDesk;
import io.portero.stage.Stage;
import io.portero.stage.StageText;
import io.portero.status.StagedRow;
import io.portero.status.StatusDocument;
import io.portero.status.StatusJson;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code portero stage}, which compares a policy with the policy in force on real packets. */
@Command(
        name = "stage",
        mixinStandardHelpOptions = true,
        customSynopsis = {
            "portero stage FILE [--for=TIME] [--run-dir=DIR] [--state-dir=DIR]",
            "       portero stage --report [--json] [--run-dir=DIR]",
            "       portero stage --end [--run-dir=DIR]"
        },
        description = {
            "Tries a second policy on live traffic without enforcing it, and counts the packets on which it"
                    + " differs from the policy in force.",
            "It ends after TIME. The agent reads FILE once: stage it again after an edit.",
            "It compares services (sources, interfaces, addresses), deny, ping and trusted-interfaces. It does"
                    + " not compare outgoing, limits and mode, but says when they differ."
        })
final class StageCommand implements Callable<Integer> {
    private final Tools tools;
    private final Clock clock;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "FILE",
            hideParamSyntax = true,
            description = "The policy to stage.")
    private @Nullable Path file;

    @Mixin
    private Locations locations = new Locations();

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "24h",
            description = "With FILE: end after this time, such as 90m, 24h or 7d, at most 30d (default: 24h).")
    private String time = "24h";

    @Option(names = "--report", description = "Print what was counted: by service, source and port.")
    private boolean report;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Option(names = "--end", description = "End it now.")
    private boolean end;

    StageCommand(Tools tools, Clock clock) {
        this.tools = tools;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        boolean begins = file != null;
        boolean reports = report || json;
        if ((begins ? 1 : 0) + (end ? 1 : 0) + (reports ? 1 : 0) != 1) {
            throw new ParameterException(
                    spec.commandLine(), "give one of these: the FILE to stage, --report, or --end");
        }
        if (end) {
            return withAgent(status -> told(ask(Request.of(StageDesk.END))));
        }
        return reports ? withAgent(this::report) : stage(time());
    }

    private Duration time() {
        try {
            return BanDuration.parse(time)
                    .filter(t -> t.compareTo(Stage.LONGEST) <= 0)
                    .orElseThrow(() ->
                            new BanDuration.NotADuration("a stage lasts " + Stage.LONGEST.toDays() + "d at most"));
        } catch (BanDuration.NotADuration e) {
            throw new ParameterException(spec.commandLine(), "--for \"" + time + "\" is no time: " + e.getMessage());
        }
    }

    private int withAgent(Function<StatusDocument, Integer> work) {
        var live = new LiveStatus(tools.firewall(), tools.stage(), tools.host(), locations.runDir(), System::nanoTime);
        return switch (live.read()) {
            case RunningAgent.Found.Not(String why) -> fail(ExitCode.FAILED, why);
            case RunningAgent.Found.Running(StatusDocument status) -> work.apply(status);
        };
    }

    /** Checks the policy before it asks the agent, so that an error is reported even if no agent runs. */
    private int stage(Duration length) {
        var policy = PolicyArgument.of(file, locations);
        var loaded = policy.loadForThisHost(
                tools, policy.names(tools), spec.commandLine().getErr());
        return loaded.map(accepted -> withAgent(status -> told(ask(request(policy.path(), accepted, length)))))
                .orElse(ExitCode.REFUSED);
    }

    private Request request(Path path, Loaded.Accepted accepted, Duration length) {
        var stage = Stage.of(
                path.toAbsolutePath().normalize().toString(),
                accepted.text(),
                accepted.policy(),
                clock.instant(),
                length);
        return new Request(StageDesk.BEGIN, Map.of(StageDesk.STAGE, StageText.of(stage)));
    }

    private Answer ask(Request request) {
        return new ControlClient(locations.runDir())
                .ask(request)
                .orElse(new Answer(false, "the agent cannot be reached; run as root, and see its log"));
    }

    private int told(Answer answer) {
        if (answer.done()) {
            spec.commandLine().getOut().println(answer.says());
            answer.words()
                    .getOrDefault(StageDesk.GAPS, "")
                    .lines()
                    .forEach(spec.commandLine().getOut()::println);
            return ExitCode.DONE;
        }
        answer.words()
                .getOrDefault(ApplyDesk.LINES, "")
                .lines()
                .forEach(spec.commandLine().getErr()::println);
        boolean refused = ApplyDesk.REFUSED.equals(answer.words().get(ApplyDesk.OUTCOME));
        return fail(refused ? ExitCode.REFUSED : ExitCode.FAILED, answer.says());
    }

    private int report(StatusDocument status) {
        Optional<StagedRow> staged = status.staged();
        if (staged.isEmpty()) {
            return fail(ExitCode.FAILED, "no policy is staged; to stage one: portero stage FILE");
        }
        spec.commandLine().getOut().print(json ? StatusJson.staged(staged.get()) : StageReport.of(staged.get()));
        spec.commandLine().getOut().flush();
        return ExitCode.DONE;
    }

    private int fail(int exitCode, String sentence) {
        spec.commandLine().getErr().println("portero: " + sentence);
        return exitCode;
    }
}
