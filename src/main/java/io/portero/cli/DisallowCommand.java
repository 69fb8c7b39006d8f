package io.portero.cli;

import io.portero.bans.Owner;
import io.portero.guests.GuestOrder;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code portero disallow}, which ends an access given by {@code portero allow}. */
@Command(
        name = "disallow",
        mixinStandardHelpOptions = true,
        description = {
            "Ends an access given by portero allow, running sessions included.",
            "From then on only the policy decides what the address may reach."
        })
final class DisallowCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Parameters(paramLabel = "ADDR", description = "The address, network or range, as in portero allowed.")
    private String address = "";

    @Option(names = "--to", paramLabel = "SERVICE", description = "Only for this service (default: all services).")
    private @Nullable String service;

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description = "Only access that NAME gave (default: access that anybody gave).")
    private @Nullable String by;

    DisallowCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        var what = AllowCommand.what(line, address);
        Optional<Owner> owner = by == null ? Optional.empty() : Optional.of(GuestOffice.owner(line, by));
        var report = new GuestOffice(tools, locations)
                .order(new GuestOrder.End(what, Optional.ofNullable(service), owner, GuestOffice.owner(line, null)));
        if (report.failure().isPresent()) {
            line.getErr().println("portero: " + report.failure().get());
            return ExitCode.FAILED;
        }
        if (report.guests().isEmpty()) {
            line.getOut()
                    .println("not allowed: " + what + " is no guest" + (service == null ? "" : " of " + service)
                            + owner.map(o -> " by " + o).orElse(""));
        }
        report.guests().forEach(g -> line.getOut().println("no longer allowed: " + g));
        report.remarks().forEach(r -> line.getErr().println("portero: " + r));
        return ExitCode.DONE;
    }
}
