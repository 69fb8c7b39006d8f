package io.portero.cli;

import io.portero.fleet.FleetDirectory;
import io.portero.fleet.Refusal;
import io.portero.fleet.Report;
import io.portero.fleet.RollState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
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

/** The command {@code portero fleet status}, which shows the state of each host of a fleet. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows the state of each host of a fleet: version, outcome, in sync, last seen. Exits with 3"
                + " when a host is not well.")
final class FleetStatusCommand implements Callable<Integer> {
    private static final Columns COLUMNS = Columns.of(
            Columns.cut(20),
            Columns.cut(12),
            Columns.right(7),
            Columns.whole(11),
            Columns.whole(7),
            Columns.right(9),
            Columns.whole(1));

    private final Tools.Fleet tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private FleetArgument argument = new FleetArgument();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    FleetStatusCommand(Tools.Fleet tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        return FleetAnswer.of(spec.commandLine(), this::status);
    }

    private int status() throws Refusal, IOException {
        var fleet = argument.read();
        Map<String, Report> reports;
        Optional<RollState> roll;
        try (var store = argument.open(tools)) {
            reports = store.reports();
            roll = store.roll().flatMap(e -> RollState.parse(e.value()));
        }
        var names = new TreeSet<>(fleet.hosts().keySet());
        names.addAll(reports.keySet());
        var out = spec.commandLine().getOut();
        out.print(json ? json(fleet, names, reports, roll) : text(fleet, names, reports, roll));
        out.flush();
        boolean well = fleet.hosts().keySet().stream()
                .allMatch(h -> reports.containsKey(h) && reports.get(h).isGood());
        return well ? ExitCode.DONE : ExitCode.DIFFERENT;
    }

    private static String text(
            FleetDirectory fleet, TreeSet<String> names, Map<String, Report> reports, Optional<RollState> roll) {
        var text = new StringBuilder();
        roll.ifPresent(r -> text.append(r.sentence()).append("\n\n"));
        text.append(COLUMNS.row("HOST", "ROLE", "VERSION", "OUTCOME", "IN SYNC", "SEEN", "WHY"))
                .append('\n');
        long good = 0;
        for (var name : names) {
            text.append(row(fleet, name, reports.get(name))).append('\n');
            good += reports.containsKey(name) && reports.get(name).isGood() ? 1 : 0;
        }
        return text.append('\n')
                .append(good)
                .append(" of ")
                .append(Plural.of(names.size(), "host"))
                .append(" well\n")
                .toString();
    }

    private static String row(FleetDirectory fleet, String name, @Nullable Report report) {
        if (report == null) {
            var role = Optional.ofNullable(fleet.hosts().get(name)).map(FleetDirectory.Member::role);
            return COLUMNS.row(name, role.orElse(""), "", "not seen", "", "", "");
        }
        long age = Math.max(0, Duration.between(report.at(), Instant.now()).toSeconds());
        var why = fleet.hosts().containsKey(name) ? report.why() : Optional.of("fleet.yaml does not name this host");
        return COLUMNS.row(
                name,
                report.role(),
                String.valueOf(report.version()),
                report.outcome().replace('_', ' '),
                report.inSync() ? "yes" : "no",
                age + " s ago",
                why.orElse(""));
    }

    private static String json(
            FleetDirectory fleet, TreeSet<String> names, Map<String, Report> reports, Optional<RollState> roll) {
        var root = Json.object();
        root.set("roll", roll.map(RollState::node).orElse(null));
        var list = root.putArray("hosts");
        for (var name : names) {
            var report = reports.get(name);
            var node = Json.object().put("host", name).put("seen", report != null);
            node.put("enrolled", fleet.hosts().containsKey(name));
            if (report != null) {
                report.node().properties().forEach(e -> node.set(e.getKey(), e.getValue()));
            }
            list.add(node);
        }
        return Json.print(root) + "\n";
    }
}
