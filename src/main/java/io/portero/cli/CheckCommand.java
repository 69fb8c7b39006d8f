package io.portero.cli;

import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.policy.Problem;
import io.portero.policy.Surroundings;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero check}, which validates a policy and runs its tests. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Validates a policy and runs its tests; prints every problem.")
final class CheckCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PolicyArgument policy = new PolicyArgument();

    @Option(
            names = "--other-host",
            description = "The policy is for another host: do not compare it with the interfaces, routes,"
                    + " addresses and resolvers of this host.")
    private boolean otherHost;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    CheckCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var out = spec.commandLine().getOut();
        var host = otherHost ? Surroundings.UNKNOWN : tools.host().surroundings();
        var loaded = tools.reader()
                .read(
                        policy.path(),
                        Outside.strict(policy.names(tools)::addresses)
                                .knowing(policy.urlLists())
                                .at(host));
        if (json) {
            out.println(Json.print(toJson(loaded)));
        } else {
            loaded.problems().forEach(spec.commandLine().getErr()::println);
            if (loaded instanceof Loaded.Accepted accepted) {
                out.println(summary(accepted));
            }
        }
        return loaded instanceof Loaded.Accepted ? ExitCode.DONE : ExitCode.REFUSED;
    }

    private String summary(Loaded.Accepted accepted) {
        var found = accepted.policy();
        return String.format(
                "%s: good: %s, %s, %s passed%s",
                policy.path(),
                Plural.of(found.enabledServices().size(), "service"),
                Plural.of(found.groups().size(), "group"),
                Plural.of(found.tests().size(), "test"),
                accepted.problems().isEmpty()
                        ? ""
                        : ", " + Plural.of(accepted.problems().size(), "warning"));
    }

    private Object toJson(Loaded loaded) {
        var root = Json.object();
        root.put("file", policy.path().toString());
        root.put("accepted", loaded instanceof Loaded.Accepted);
        problems(loaded.problems()).forEach(root.putArray("problems")::add);
        return root;
    }

    private static List<com.fasterxml.jackson.databind.JsonNode> problems(List<Problem> problems) {
        return problems.stream()
                .<com.fasterxml.jackson.databind.JsonNode>map(p -> Json.object()
                        .put("severity", p.severity().name().toLowerCase(Locale.ROOT))
                        .put("file", p.file())
                        .put("line", p.line())
                        .put("key", p.key())
                        .put("problem", p.sentence()))
                .toList();
    }
}
