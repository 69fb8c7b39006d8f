package io.portero.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.Reason;
import io.portero.compile.ServiceNames;
import io.portero.reconcile.CounterMemory;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code portero status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Says whether the kernel holds what the policy says, and what passes.")
final class StatusCommand implements Callable<Integer> {
    private final Firewall firewall;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    StatusCommand(Firewall firewall) {
        this.firewall = firewall;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        return switch (new RunningAgent(locations.runDir()).find()) {
            case RunningAgent.Found.Not(String why) -> {
                line.getErr().println("portero: " + why);
                yield ExitCode.FAILED;
            }
            case RunningAgent.Found.Running(JsonNode status) -> {
                refresh(status);
                line.getOut().print(json ? Json.print(status) + "\n" : new StatusReport(status).text());
                line.getOut().flush();
                yield ExitCode.DONE;
            }
        };
    }

    /** The file is as old as the last change; the kernel's counters are asked for now, where that is permitted. */
    private void refresh(JsonNode status) {
        if (firewall.counters() instanceof Reading.Of<Map<String, Count>>(Map<String, Count> shown)) {
            write(status, CounterMemory.in(locations.runDir()).totals(shown));
        }
    }

    private static void write(JsonNode status, Map<String, Count> counters) {
        for (var service : status.path("services")) {
            var names = new ServiceNames(service.path("name").asText());
            set(service.path("accepted"), counters.get(names.accepted()));
            set(service.path("refused"), counters.get(names.refused()));
            if (service instanceof ObjectNode node) {
                node.put(
                        "connections",
                        counters.getOrDefault(names.connections(), Count.ZERO).packets());
            }
        }
        for (var reason : Reason.values()) {
            set(status.path("dropped").path(reason.word()), counters.get(reason.counter()));
        }
    }

    private static void set(JsonNode node, @Nullable Count count) {
        if (count != null && node instanceof ObjectNode object) {
            object.put("packets", count.packets()).put("bytes", count.bytes());
        }
    }
}
