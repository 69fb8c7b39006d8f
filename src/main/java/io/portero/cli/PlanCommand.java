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
import io.portero.state.LastGood;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code portero plan}. */
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
        var steps = PlanInWords.of(Planner.plan(
                PolicyCompiler.compile(next),
                snapshot,
                KnownRules.NONE,
                tools.firewall().intervalSets()));
        var access = (snapshot.present() ? confirmed() : Optional.<Policy>empty())
                .map(before -> new AccessReport(before, next, tools.host().flows()));
        var out = spec.commandLine().getOut();
        var notes = Stream.concat(
                        Uplink.trusted(next, tools.host().surroundings()).stream()
                                .map(Uplink::consequence),
                        Stream.concat(OutgoingCuts.of(next, tools.host()).stream(), guests(next)))
                .toList();
        out.print(json ? json(steps, access, notes) : text(steps, access, notes));
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

    /** The policy that was confirmed last is the one to compare with: the kernel knows no groups and services. */
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

    private String json(List<String> steps, Optional<AccessReport> access, List<String> notes) {
        var root = Json.object().put("changes", !steps.isEmpty());
        root.set("access", access.map(AccessReport::json).orElse(null));
        steps.forEach(root.putArray("steps")::add);
        notes.forEach(root.putArray("notes")::add);
        return Json.print(root) + "\n";
    }

    private String text(List<String> steps, Optional<AccessReport> access, List<String> notes) {
        if (steps.isEmpty()) {
            return "nothing to do: the kernel already holds what " + policy.path() + " says\n";
        }
        var text = new StringBuilder("applying " + policy.path() + " would change\n");
        text.append("who reaches what:\n");
        var lines = access.map(AccessReport::lines)
                .orElse(List.of("the previous policy is unknown; after this, everything that the policy does"
                        + " not admit is dropped"));
        (lines.isEmpty() ? List.of("nothing") : lines)
                .forEach(l -> text.append("  ").append(l).append('\n'));
        text.append("in the kernel:\n");
        steps.forEach(s -> text.append("  ").append(s).append('\n'));
        notes.forEach(note -> text.append("note: ").append(note).append('\n'));
        return text.toString();
    }
}
