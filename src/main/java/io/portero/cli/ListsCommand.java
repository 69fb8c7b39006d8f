package io.portero.cli;

import io.portero.control.ControlClient;
import io.portero.control.ListDesk;
import io.portero.control.Request;
import io.portero.control.Request.Answer;
import io.portero.status.ListRow;
import io.portero.status.StatusJson;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero lists}, which shows the lists of the policy. */
@Command(
        name = "lists",
        mixinStandardHelpOptions = true,
        description = "Shows the lists of the policy, in files and on the web: number of entries, age, problems.")
final class ListsCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PolicyArgument policy = new PolicyArgument();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(
            names = "--accept",
            paramLabel = "NAME",
            description = "Accept the new version of a list that was held back. NAME is the list as this command"
                    + " prints it, its URL, or the group.")
    private @Nullable String accepted;

    ListsCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        if (accepted != null) {
            var answer = accept(accepted);
            (answer.done() ? line.getOut() : line.getErr())
                    .println(answer.done() ? answer.says() : "portero: " + answer.says());
            return answer.done() ? ExitCode.DONE : ExitCode.FAILED;
        }
        var clock = Clock.systemUTC();
        var found = new KnownLists(policy, tools.reader(), clock).find();
        found.problem().ifPresent(why -> line.getErr().println("portero: " + why));
        line.getOut().print(json ? StatusJson.lists(found.rows()) : text(found.rows()));
        line.getOut().flush();
        return found.problem().isPresent() ? ExitCode.FAILED : ExitCode.DONE;
    }

    private Answer accept(String name) {
        var runDirectory = policy.locations().runDir();
        return switch (new RunningAgent(runDirectory).find()) {
            case RunningAgent.Found.Not(String why) -> new Answer(false, why);
            case RunningAgent.Found.Running running ->
                new ControlClient(runDirectory)
                        .ask(new Request(ListDesk.ACCEPT, Map.of(ListDesk.NAME, name)))
                        .orElse(new Answer(false, "the agent cannot be reached; run as root, and see its log"));
        };
    }

    private static String text(List<ListRow> rows) {
        return rows.isEmpty() ? "the policy uses no lists\n" : ListsReport.of(rows);
    }
}
