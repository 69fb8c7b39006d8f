package io.portero.cli;

import io.portero.state.PastPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code portero history}, which shows the policies that were in force. */
@Command(
        name = "history",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the last policies that were in force, newest first. With GROUP: when its members were added"
                    + " and removed. With --diff: the differences between two policies."
        })
final class HistoryCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Parameters(arity = "0..1", paramLabel = "GROUP", description = "Show how the members of this group changed.")
    private @Nullable String group;

    @Option(
            names = "--diff",
            arity = "1..2",
            paramLabel = "N",
            description = "Show the differences between this policy and another one (default: the newest). N is a"
                    + " number or a digest.")
    private List<String> diff = List.of();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "Show at most N entries (default: 50).")
    private int limit;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    HistoryCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var past = new PastPolicies(tools, locations.stateDir());
        var out = spec.commandLine().getOut();
        try {
            out.print(text(past));
            out.flush();
            return ExitCode.DONE;
        } catch (PastPolicies.NotKept e) {
            spec.commandLine().getErr().println("portero: " + e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private String text(PastPolicies past) throws PastPolicies.NotKept {
        past.required();
        if (!diff.isEmpty()) {
            var before = past.find(diff.getFirst());
            var after = diff.size() > 1 ? past.find(diff.get(1)) : past.all().getLast();
            var report = DiffReport.of(past, before, after);
            return json ? Json.print(report.json()) + "\n" : report.text();
        }
        if (group != null) {
            var report = GroupReport.of(past, group, limit, Instant.now());
            return json ? Json.print(report.json()) + "\n" : report.text();
        }
        var shown = past.all().reversed().stream().limit(Math.max(1, limit)).toList();
        return json ? json(past, shown) : table(past, shown);
    }

    private static String table(PastPolicies past, List<PastPolicy> shown) {
        var columns =
                Columns.of(Columns.right(4), Columns.whole(20), Columns.whole(8), Columns.whole(16), Columns.whole(10));
        var lines = new ArrayList<String>();
        lines.add(columns.row("no", "in force since", "why", "digest", "state"));
        shown.forEach(entry -> lines.add(columns.row(
                String.valueOf(entry.number()),
                PastPolicies.time(entry.at()),
                entry.why(),
                entry.digest(),
                past.state(entry))));
        return String.join("\n", lines) + "\n";
    }

    private static String json(PastPolicies past, List<PastPolicy> shown) {
        var root = Json.object();
        var list = root.putArray("policies");
        shown.forEach(entry -> list.addObject()
                .put("number", entry.number())
                .put("at", entry.at().toString())
                .put("why", entry.why())
                .put("digest", entry.digest())
                .put("in_force", past.isNewest(entry))
                .put("end", entry.end()));
        return Json.print(root) + "\n";
    }
}
