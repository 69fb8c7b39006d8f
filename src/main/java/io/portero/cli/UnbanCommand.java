package io.portero.cli;

import io.portero.bans.Bans;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code portero unban}. */
@Command(
        name = "unban",
        mixinStandardHelpOptions = true,
        description = "Lifts the ban of an address, whoever made it; the policy alone then says what it may reach.")
final class UnbanCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Parameters(paramLabel = "ADDR", description = "A single IPv4 or IPv6 address.")
    private String address = "";

    UnbanCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        var ip = BanAddress.parse(line, address);
        var bans = new Bans(tools.firewall(), tools.host(), tools.reader(), locations.stateDir(), Clock.systemUTC());
        return switch (bans.unban(ip)) {
            case Bans.Result.Failed failed -> {
                line.getErr().println("portero: " + failed.failure().sentence());
                yield ExitCode.FAILED;
            }
            case Bans.Result.Objected objected -> throw new IllegalStateException(objected.why());
            case Bans.Result.Unchanged unchanged -> {
                line.getOut().println("not banned: " + ip + " (no ban of it was remembered)");
                yield ExitCode.DONE;
            }
            case Bans.Result.Done done -> {
                done.remark().ifPresent(r -> line.getErr().println("portero: " + r));
                line.getOut().println("unbanned: " + ip);
                yield ExitCode.DONE;
            }
        };
    }
}
