package io.portero.cli;

import io.portero.fleet.Bundle;
import io.portero.fleet.FleetDirectory;
import io.portero.fleet.HostPolicies;
import io.portero.fleet.Layer;
import io.portero.fleet.Manifest;
import io.portero.fleet.Refusal;
import io.portero.policy.Policy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero fleet plan}, which shows how the access to each host would change. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Says who would gain and who would lose access, host by host, compared with the last"
                + " signed version.")
final class FleetPlanCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private FleetArgument argument = new FleetArgument();

    @Option(names = "--detailed-exitcode", description = "Exit with 3 when something would change.")
    private boolean detailed;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    FleetPlanCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        return FleetAnswer.of(spec.commandLine(), this::plan);
    }

    private int plan() throws Refusal {
        var fleet = argument.read();
        var out = spec.commandLine().getOut();
        var next = FleetChecks.judge(tools, fleet, (done, all) -> {});
        if (!next.values().stream().allMatch(HostPolicies.Judged::isGood)) {
            FleetCheckCommand.report(next).forEach(spec.commandLine().getErr()::println);
            return ExitCode.REFUSED;
        }
        var changes = new LinkedHashMap<List<String>, TreeSet<String>>();
        try (var policies = new HostPolicies(tools.reader(), FleetChecks.outside(tools))) {
            var bundles = argument.signed().bundles();
            for (var host : fleet.hosts().entrySet()) {
                var before = before(
                        policies,
                        fleet,
                        host.getKey(),
                        bundles.get(host.getValue().role()));
                var after = Optional.ofNullable(next.get(host.getKey()))
                        .flatMap(HostPolicies.Judged::policy)
                        .orElseThrow();
                var lines = before.map(b -> new AccessReport(b, after, List.of()).lines())
                        .orElse(List.of("nothing was signed before, so there is nothing to compare with"));
                if (!lines.isEmpty()) {
                    changes.computeIfAbsent(lines, l -> new TreeSet<>()).add(host.getKey());
                }
            }
        }
        out.print(json ? toJson(changes) : text(changes, fleet.hosts().size()));
        out.flush();
        return detailed && !changes.isEmpty() ? ExitCode.DIFFERENT : ExitCode.DONE;
    }

    private Optional<Policy> before(HostPolicies policies, FleetDirectory fleet, String host, @Nullable Bundle bundle)
            throws Refusal {
        if (bundle == null) {
            return Optional.empty();
        }
        var manifest = Manifest.parse(bundle.signed());
        Layer own = fleet.hostLayer(host);
        return policies.of(manifest.groups(), manifest.policy(), own, name -> list(manifest, name))
                .policy();
    }

    private Optional<String> list(Manifest manifest, String name) {
        try {
            var ref = manifest.list(name);
            return ref.isEmpty() ? Optional.empty() : argument.signed().list(ref.get());
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    private static String text(Map<List<String>, TreeSet<String>> changes, int hosts) {
        var text = new StringBuilder();
        int touched = 0;
        for (var change : changes.entrySet()) {
            text.append(FleetCheckCommand.some(change.getValue())).append(":\n");
            change.getKey().forEach(line -> text.append("  ").append(line).append('\n'));
            touched += change.getValue().size();
        }
        return text
                + (touched == 0
                        ? "no host would change"
                        : touched + " of " + Plural.of(hosts, "host") + " would change")
                + "\n";
    }

    private static String toJson(Map<List<String>, TreeSet<String>> changes) {
        var root = Json.object().put("changes", !changes.isEmpty());
        var list = root.putArray("hosts");
        changes.forEach((lines, hosts) -> hosts.forEach(host -> {
            var node = list.addObject().put("host", host);
            lines.forEach(node.putArray("changes")::add);
        }));
        return Json.print(root) + "\n";
    }
}
