package io.portero.cli;

import io.portero.guests.GuestOrder;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code portero allow}, which gives a source access to one service for a limited time. */
@Command(
        name = "allow",
        mixinStandardHelpOptions = true,
        description = {
            "Gives an address or a network access to one service for a limited time, in addition to the"
                    + " sources in the policy.",
            "The kernel ends the access when the time is over, running sessions included. Until then it"
                    + " survives policy changes, repairs, restarts and boots. It does not admit a source that"
                    + " is banned or that deny names.",
            "Repeat the command to set a new time."
        })
final class AllowCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Parameters(
            paramLabel = "ADDR",
            description = "An IPv4 or IPv6 address, a network (192.0.2.0/24) or a range (192.0.2.1-192.0.2.9).")
    private String address = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "SERVICE",
            description = "The name of the service in the policy file.")
    private String service = "";

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "2h",
            description = "How long: 90s, 10m, 2h, 7d, 1h30m or a number of seconds (default: 2h).")
    private String lasting = "";

    @Option(
            names = "--note",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "The reason; portero allowed and the audit trail show it.")
    private String note = "";

    @Option(
            names = "--by",
            paramLabel = "NAME",
            description = "Who gives the access (default: the user who ran sudo, else the user).")
    private @Nullable String by;

    AllowCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        var order = new GuestOrder.Allow(service, what(line, address), GuestOffice.owner(line, by), time(), note);
        var report = new GuestOffice(tools, locations).order(order);
        if (report.failure().isPresent()) {
            line.getErr().println("portero: " + report.failure().get());
            return ExitCode.FAILED;
        }
        report.guests()
                .forEach(g -> line.getOut()
                        .println("allowed: " + g.what() + " to " + g.service() + " for "
                                + BanDuration.text(order.lasting()) + ", until " + g.until()));
        report.remarks().forEach(r -> line.getErr().println("portero: " + r));
        return ExitCode.DONE;
    }

    static AddressRange what(CommandLine line, String text) {
        try {
            var range = AddressRange.parse(text);
            if (range.prefixLength() == 0) {
                throw new ParameterException(
                        line, "\"" + text + "\" is everybody; to admit everybody, write any in the policy file");
            }
            return range;
        } catch (Ip.NotAnAddress e) {
            throw new ParameterException(
                    line, "\"" + text + "\" is not an address, a network or a range: " + e.getMessage());
        }
    }

    private Duration time() {
        try {
            return BanDuration.parse(lasting)
                    .orElseThrow(() -> new ParameterException(
                            spec.commandLine(),
                            "--for \"" + lasting + "\" has no end; for permanent access add the source to the"
                                    + " policy file"));
        } catch (BanDuration.NotADuration e) {
            throw new ParameterException(
                    spec.commandLine(), "--for \"" + lasting + "\" is not a time: " + e.getMessage());
        }
    }
}
