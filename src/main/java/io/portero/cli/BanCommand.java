package io.portero.cli;

import io.portero.bans.Bans;
import io.portero.policy.Ip;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code portero ban}. */
@Command(
        name = "ban",
        mixinStandardHelpOptions = true,
        description = {
            "Lets nothing in from an address for a while, running sessions included.",
            "A ban survives policies, repairs, restarts and boots. Whoever manages this host and whom a service"
                    + " admits by name is not banned without --force."
        })
final class BanCommand implements Callable<Integer> {
    private static final String LONGEST_NAME = "[A-Za-z0-9 ._:-]{0,60}";

    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Parameters(paramLabel = "ADDR", description = "A single IPv4 or IPv6 address.")
    private String address = "";

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "How long: 90s, 10m, 1h, 7d, a number of seconds, or ever (default: 1h).")
    private String lasting = "";

    @Option(names = "--by", paramLabel = "NAME", defaultValue = "", description = "Who bans, for portero bans to show.")
    private String by = "";

    @Option(names = "--force", description = "Ban it even if it manages this host or is admitted by name.")
    private boolean force;

    BanCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var ip = BanAddress.parse(spec.commandLine(), address);
        var time = time();
        if (!by.matches(LONGEST_NAME)) {
            throw new ParameterException(
                    spec.commandLine(), "--by takes at most 60 letters, digits, spaces and any of . _ : -");
        }
        var bans = new Bans(tools.firewall(), tools.host(), tools.reader(), locations.stateDir(), Clock.systemUTC());
        return switch (bans.ban(locations.config(), ip, time, force, by)) {
            case Bans.Result.Objected(String why) ->
                fail("not banned: " + why + "; add --force to ban it all the same");
            case Bans.Result.Failed failed -> fail(failed.failure().sentence());
            case Bans.Result.Unchanged unchanged -> banned(ip, time);
            case Bans.Result.Done done -> {
                done.remark()
                        .ifPresent(r -> spec.commandLine()
                                .getErr()
                                .println("portero: " + r + "; it is banned, and a boot would not know of it"));
                yield banned(ip, time);
            }
        };
    }

    private int banned(Ip ip, Optional<Duration> time) {
        spec.commandLine()
                .getOut()
                .println("banned: " + ip
                        + time.map(t -> " for " + BanDuration.text(t)).orElse(" until portero unban " + ip));
        return ExitCode.DONE;
    }

    private Optional<Duration> time() {
        try {
            return BanDuration.parse(lasting);
        } catch (BanDuration.NotADuration e) {
            throw new ParameterException(
                    spec.commandLine(), "--for \"" + lasting + "\" is not a time: " + e.getMessage());
        }
    }

    private int fail(String sentence) {
        spec.commandLine().getErr().println("portero: " + sentence);
        return ExitCode.FAILED;
    }
}
