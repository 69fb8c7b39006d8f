package io.portero.cli;

import io.portero.apply.Firewall.Reading;
import io.portero.compile.PolicyCompiler;
import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.plan.KnownRules;
import io.portero.plan.PlanInWords;
import io.portero.plan.Planner;
import io.portero.plan.Snapshot;
import io.portero.policy.Policy;
import io.portero.policy.Uplink;
import io.portero.safety.Admission;
import io.portero.safety.RememberedPeers;
import io.portero.state.LastGood;
import io.portero.state.StateDirectory;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero plan}, which shows what a policy would change. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Says who would gain and lose access, which live flows would be cut, and what would"
                + " change in the kernel. It changes nothing.")
final class PlanCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PolicyArgument policy = new PolicyArgument();

    @Option(names = "--detailed-exitcode", description = "Exit with 3 when something would change.")
    private boolean detailed;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    PlanCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        var loaded = policy.loadForThisHost(tools, policy.names(tools), line.getErr());
        if (loaded.isEmpty()) {
            return ExitCode.REFUSED;
        }
        var next = loaded.get().policy();
        return switch (tools.firewall().read()) {
            case Reading.Failed<Snapshot>(var failure) -> {
                line.getErr().println("portero: " + failure.sentence());
                yield ExitCode.FAILED;
            }
            case Reading.Of<Snapshot>(var snapshot) -> show(next, snapshot);
        };
    }

    private int show(Policy next, Snapshot snapshot) {
        var plan = Planner.plan(
                PolicyCompiler.compile(next),
                snapshot,
                KnownRules.NONE,
                tools.firewall().intervalSets());
        var steps = PlanInWords.of(plan);
        var confirmed = confirmed();
        var access = (snapshot.present() ? confirmed : Optional.<Policy>empty())
                .map(before -> new AccessReport(before, next, tools.host().flows()));
        var decision = admission().decide(next, confirmed, snapshot.present() ? confirmed : Optional.empty());
        var out = spec.commandLine().getOut();
        var notes = Stream.concat(
                        Uplink.trusted(next, tools.host().surroundings()).stream()
                                .map(Uplink::consequence),
                        Stream.concat(OutgoingCuts.of(next, tools.host()).stream(), guests(next)))
                .toList();
        out.print(
                json
                        ? json(steps, access, decision, notes)
                        : text(
                                PlanInWords.brief(plan),
                                access.map(AccessReport::lines).orElseGet(() -> AccessReport.admittedBy(next)),
                                admissionInWords(decision, next),
                                notes));
        out.flush();
        return detailed && !steps.isEmpty() ? ExitCode.DIFFERENT : ExitCode.DONE;
    }

    private Stream<String> guests(Policy next) {
        return GuestOffice.guests(tools, policy.locations()).remembered().all().stream()
                .map(guest -> Optional.ofNullable(next.services().get(guest.service()))
                                .filter(s -> s.enabled() && !s.from().any())
                                .isPresent()
                        ? guest.clause() + ", and stays so"
                        : guest + " is no longer a guest of it, because the new policy has no such service or"
                                + " admits everybody");
    }

    /** The last confirmed policy, for the comparison of access: the kernel has no groups and services. */
    private Optional<Policy> confirmed() {
        var lastGood = policy.lastGood();
        return lastGood.policy()
                .map(text -> tools.reader()
                        .parse(
                                LastGood.POLICY,
                                text,
                                Outside.keeping(lastGood.lists(), policy.names(tools)::addresses)
                                        .knowing(policy.urlLists())))
                .filter(Loaded.Accepted.class::isInstance)
                .map(loaded -> ((Loaded.Accepted) loaded).policy());
    }

    /** Decides as the agent would decide now; its later decision can differ, because users log in and out. */
    private Admission admission() {
        var guests = GuestOffice.guests(tools, policy.locations()).remembered();
        return new Admission(
                tools.host(),
                new RememberedPeers(new StateDirectory(policy.locations().stateDir()), Clock.systemUTC()),
                guests::names);
    }

    private static List<String> admissionInWords(Admission.Decision decision, Policy next) {
        return switch (decision) {
            case Admission.Decision.Refuse(var why) -> List.of("it would be REFUSED: safety.lockout-guard: " + why);
            case Admission.Decision.Admit(boolean onProbation, var tunnels, var warnings) ->
                Stream.concat(
                                onProbation
                                        ? Stream.of(
                                                "it would be on probation: log in again, or run portero confirm, within "
                                                        + BanDuration.text(
                                                                next.safety().confirmWithin())
                                                        + ", or the previous policy is put back")
                                        : Stream.of(),
                                warnings.stream())
                        .toList();
        };
    }

    private String json(
            List<String> steps, Optional<AccessReport> access, Admission.Decision decision, List<String> notes) {
        var root = Json.object().put("changes", !steps.isEmpty());
        switch (decision) {
            case Admission.Decision.Refuse(var why) ->
                root.put("refused", why).put("probation", false).putArray("warnings");
            case Admission.Decision.Admit(boolean onProbation, var tunnels, var warnings) -> {
                root.putNull("refused").put("probation", onProbation);
                warnings.forEach(root.putArray("warnings")::add);
            }
        }
        root.set("access", access.map(AccessReport::json).orElse(null));
        steps.forEach(root.putArray("steps")::add);
        notes.forEach(root.putArray("notes")::add);
        return Json.print(root) + "\n";
    }

    private String text(List<String> steps, List<String> access, List<String> admission, List<String> notes) {
        if (steps.isEmpty()) {
            return "nothing to do: the kernel already holds what " + policy.path() + " says\n";
        }
        var text = new StringBuilder("applying " + policy.path() + " would change\n");
        text.append("who reaches what:\n");
        (access.isEmpty() ? List.of("nothing") : access)
                .forEach(l -> text.append("  ").append(l).append('\n'));
        if (!admission.isEmpty()) {
            text.append("whether you keep your way in:\n");
            admission.forEach(l -> text.append("  ").append(l).append('\n'));
        }
        text.append("in the kernel:\n");
        steps.forEach(s -> text.append("  ").append(s).append('\n'));
        notes.forEach(note -> text.append("note: ").append(note).append('\n'));
        return text.toString();
    }
}
