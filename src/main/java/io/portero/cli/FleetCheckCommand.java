package io.portero.cli;

import io.portero.fleet.HostPolicies.Judged;
import io.portero.fleet.Refusal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero fleet check}, which validates the policy of each host of a fleet. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Validates the policy that each host of a fleet would get, and runs its tests.")
final class FleetCheckCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private FleetArgument fleet = new FleetArgument();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    FleetCheckCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        return FleetAnswer.of(spec.commandLine(), this::check);
    }

    private int check() throws Refusal {
        SortedMap<String, Judged> judged;
        try (var bar = new ProgressBar(spec.commandLine().getErr())) {
            judged = FleetChecks.judge(tools, fleet.read(), (done, all) -> bar.show(done, all, "hosts"));
        }
        var out = spec.commandLine().getOut();
        long good = judged.values().stream().filter(Judged::isGood).count();
        if (json) {
            out.println(Json.print(toJson(judged)));
        } else {
            report(judged).forEach(spec.commandLine().getErr()::println);
            out.println(fleet.directory() + ": " + good + " of " + Plural.of(judged.size(), "host") + " good");
        }
        return good == judged.size() ? ExitCode.DONE : ExitCode.REFUSED;
    }

    /** Reports a problem of many hosts only once. */
    static List<String> report(Map<String, Judged> judged) {
        var hosts = new LinkedHashMap<String, TreeSet<String>>();
        judged.forEach((host, verdict) -> verdict.problems()
                .forEach(line ->
                        hosts.computeIfAbsent(line, l -> new TreeSet<>()).add(host)));
        return hosts.entrySet().stream()
                .map(e -> some(e.getValue()) + ": " + e.getKey())
                .toList();
    }

    static String some(TreeSet<String> hosts) {
        return hosts.size() <= 3
                ? String.join(", ", hosts)
                : hosts.first() + " and " + Plural.of(hosts.size() - 1L, "other host");
    }

    private static Object toJson(SortedMap<String, Judged> judged) {
        var root = Json.object();
        root.put("accepted", judged.values().stream().allMatch(Judged::isGood));
        var hosts = root.putObject("hosts");
        judged.forEach((name, verdict) -> {
            var host = hosts.putObject(name).put("accepted", verdict.isGood());
            verdict.problems().forEach(host.putArray("problems")::add);
        });
        return root;
    }
}
