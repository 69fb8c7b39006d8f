package io.portero.cli;

import io.portero.apply.Firewall.Reading;
import io.portero.config.AgentSettings;
import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.doctor.Doctor;
import io.portero.doctor.Subject;
import io.portero.plan.Snapshot;
import io.portero.policy.Policy;
import io.portero.policy.Problem;
import io.portero.policy.Problem.Severity;
import io.portero.state.LastGood;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero doctor}, which finds problems for calls or the firewall. */
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Finds what on this host will harm calls or the firewall, and says why and how to fix it.",
            "It only reads. Run it as root, so that it sees the programs of other users and the",
            "files of containers.",
            "",
            "Exit codes: 0 nothing is wrong (there may be hints), 3 something is wrong,",
            "1 nothing was found, but it could not look everywhere."
        })
final class DoctorCommand implements Callable<Integer> {
    /** Problems with this key are reported as findings. */
    private static final String DENY = "deny";

    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PolicyArgument policy = new PolicyArgument();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    DoctorCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var diagnosis = Doctor.examine(subject(), tools.examination().read());
        var report = new DoctorReport(diagnosis);
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(Json.print(report.json(policy.path().toString())));
        } else {
            out.print(report.text(Screen.ansi()));
            out.flush();
        }
        if (diagnosis.isWrong()) {
            return ExitCode.DIFFERENT;
        }
        return diagnosis.unseen().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private Subject subject() {
        var kept = policy.lastGood();
        var outside = Outside.keeping(kept.lists(), policy.names(tools)::addresses);
        var loaded = tools.reader().read(policy.path(), outside);
        return switch (loaded) {
            case Loaded.Accepted accepted ->
                subject(Optional.of(accepted.policy()), accepted.settings(), 0, loaded.problems());
            case Loaded.Refused refused -> {
                int errors = (int) refused.problems().stream()
                        .filter(p -> p.severity() == Severity.ERROR)
                        .count();
                var lastGood = kept.policy()
                        .map(text -> tools.reader().parse(LastGood.POLICY, text, outside))
                        .filter(Loaded.Accepted.class::isInstance)
                        .map(Loaded.Accepted.class::cast);
                yield subject(
                        lastGood.map(Loaded.Accepted::policy),
                        lastGood.map(Loaded.Accepted::settings).orElse(AgentSettings.DEFAULT),
                        errors,
                        List.of());
            }
        };
    }

    private Subject subject(Optional<Policy> found, AgentSettings settings, int errors, List<Problem> problems) {
        int warnings =
                (int) problems.stream().filter(p -> !p.key().equals(DENY)).count();
        return new Subject(
                policy.path().toString(),
                found,
                errors,
                warnings,
                settings.metrics().port(),
                inForce());
    }

    private Optional<Boolean> inForce() {
        return tools.firewall().read() instanceof Reading.Of<Snapshot>(Snapshot kernel)
                ? Optional.of(kernel.present() && !kernel.dormant())
                : Optional.empty();
    }
}
