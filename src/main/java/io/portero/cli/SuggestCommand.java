package io.portero.cli;

import io.portero.apply.DroppedSource;
import io.portero.apply.Failure;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.NamedSet;
import io.portero.exposure.Listener;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Mode;
import io.portero.policy.Policy;
import io.portero.proposal.Refused;
import io.portero.proposal.Suggestion;
import io.portero.proposal.SuggestionText;
import io.portero.status.Observation;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero suggest}, which prints policy lines that would admit refused packets. */
@Command(
        name = "suggest",
        mixinStandardHelpOptions = true,
        description = "After some time in mode observe: prints policy lines, as YAML to paste, that would admit what"
                + " was refused. It leaves out probable scans. It only reads.")
final class SuggestCommand implements Callable<Integer> {
    private final Tools tools;
    private final Clock clock;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private PolicyArgument policy = new PolicyArgument();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    SuggestCommand(Tools tools, Clock clock) {
        this.tools = tools;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        var loaded = policy.load(tools, line.getErr());
        if (loaded.isEmpty()) {
            return ExitCode.REFUSED;
        }
        var refused = new ArrayList<Refused>();
        var leaving = new ArrayList<Refused>();
        var failed = read(refused, NamedSet.Seen::flows, NamedSet.Seen::protocols)
                .or(() -> read(leaving, NamedSet.Seen::destinations, NamedSet.Seen::destinationProtocols));
        if (failed.isPresent()) {
            line.getErr().println("portero: " + failed.get().sentence());
            return ExitCode.FAILED;
        }
        if (refused.isEmpty() && leaving.isEmpty() && loaded.get().policy().mode() == Mode.ENFORCE) {
            line.getErr()
                    .println("portero: mode is enforce, so nothing is observed: set mode: observe in " + policy.path()
                            + ", let the agent run for a day, and ask again");
            return ExitCode.FAILED;
        }
        print(loaded.get().policy(), refused, leaving);
        return ExitCode.DONE;
    }

    /** Reads the sets of both families; returns the failure if the kernel cannot be read. */
    @SafeVarargs
    private Optional<Failure> read(List<Refused> into, Function<Family, NamedSet.Seen>... sets) {
        for (var family : Family.values()) {
            for (var set : sets) {
                switch (tools.firewall().dropped(set.apply(family))) {
                    case Reading.Of<List<DroppedSource>>(var seen) ->
                        seen.forEach(s -> s.wanted()
                                .ifPresent(port -> into.add(
                                        new Refused(s.source(), port, s.count().packets(), s.ago()))));
                    case Reading.Failed<List<DroppedSource>>(var failure) -> {
                        return Optional.of(failure);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private void print(Policy found, List<Refused> refused, List<Refused> leaving) {
        var listeners = new ArrayList<Listener>(tools.host().listeners());
        listeners.addAll(tools.host().published());
        var suggestion = Suggestion.of(found, banned(), listeners, tools.host().voicePrograms(), refused, leaving);
        var observed = Observation.since(policy.locations().runDir())
                .map(since -> new SuggestReport.Observed(since, Duration.between(since, clock.instant())));
        var report = new SuggestReport(policy.path(), suggestion, observed, isFull(refused));
        var line = spec.commandLine();
        line.getOut().print(json ? Json.print(report.json()) + "\n" : SuggestionText.of(suggestion, report.remarks()));
        line.getOut().flush();
    }

    /** Whether a set is full, so that the kernel did not remember some sources. */
    private static boolean isFull(List<Refused> refused) {
        return Stream.of(Family.values())
                .anyMatch(f -> refused.stream()
                                .filter(r -> r.source().family() == f
                                        && r.port().protocol().hasPorts())
                                .count()
                        >= NamedSet.Seen.flows(f).size());
    }

    private AddressSet banned() {
        var all = Stream.of(Family.values())
                .flatMap(f -> tools.firewall().members(NamedSet.BANNED + "_" + f.suffix())
                                instanceof Reading.Of<List<TimedMember>>(var members)
                        ? members.stream()
                        : Stream.empty())
                .flatMap(member -> range(String.valueOf(member.address())).stream())
                .toList();
        return AddressSet.of(all);
    }

    private static Optional<AddressRange> range(String text) {
        try {
            return Optional.of(AddressRange.parse(text));
        } catch (Ip.NotAnAddress e) {
            return Optional.empty();
        }
    }
}
