package io.portero.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.Reason;
import io.portero.compile.ServiceNames;
import io.portero.state.CounterMemory;
import io.portero.status.DroppedSources;
import io.portero.status.DroppedSourcesJson;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
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
    private static final long SECOND = 1_000_000_000;

    private final Firewall firewall;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--rates", description = "Measure for a second, and show packets a second instead of totals.")
    private boolean rates;

    @Option(
            names = "--would-drop",
            description = "In mode observe: tell who would have been dropped, by service, source and port.")
    private boolean wouldDrop;

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
                if (rates) {
                    measure(status);
                }
                refresh(status);
                if (wouldDrop && !DroppedSourcesJson.isObserving(status)) {
                    line.getErr()
                            .println(
                                    "portero: mode is enforce, and what is refused is dropped; set mode: observe in the"
                                            + " policy to try it first");
                    yield ExitCode.FAILED;
                }
                line.getOut().print(wouldDrop ? wouldDrop(status.path("would_drop")) : whole(status));
                line.getOut().flush();
                yield ExitCode.DONE;
            }
        };
    }

    private String whole(JsonNode status) {
        return json ? Json.print(status) + "\n" : new StatusReport(status, Screen.allowsColour()).text();
    }

    private String wouldDrop(JsonNode report) {
        return json ? Json.print(report) + "\n" : WouldDropReport.of(report);
    }

    /** The file is as old as the last change; the kernel's counters are asked for now, where that is permitted. */
    private void refresh(JsonNode status) {
        if (firewall.counters() instanceof Reading.Of<Map<String, Count>>(Map<String, Count> shown)) {
            write(status, CounterMemory.in(locations.runDir()).totals(shown));
            if (status instanceof ObjectNode root) {
                DroppedSourcesJson.put(root, DroppedSources.read(firewall, DroppedSourcesJson.isObserving(root)));
            }
        }
    }

    private void measure(JsonNode status) {
        if (status instanceof ObjectNode root
                && firewall.counters() instanceof Reading.Of<Map<String, Count>>(Map<String, Count> before)) {
            long start = System.nanoTime();
            LockSupport.parkNanos(SECOND);
            if (firewall.counters() instanceof Reading.Of<Map<String, Count>>(Map<String, Count> after)) {
                double seconds = (double) (System.nanoTime() - start) / SECOND;
                var node = root.putObject("rates");
                for (var service : status.path("services")) {
                    var names = new ServiceNames(service.path("name").asText());
                    node.putObject(names.service())
                            .put("accepted", rate(before, after, names.accepted(), seconds))
                            .put("refused", rate(before, after, names.refused(), seconds));
                }
            }
        }
    }

    private static double rate(Map<String, Count> before, Map<String, Count> after, String name, double seconds) {
        long more = after.getOrDefault(name, Count.ZERO).packets()
                - before.getOrDefault(name, Count.ZERO).packets();
        return Math.max(0, more) / seconds;
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
