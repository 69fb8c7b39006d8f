package io.portero.cli;

import io.portero.bans.BanOrder;
import io.portero.bans.BanReport;
import io.portero.bans.BanReport.Result;
import io.portero.bans.Owner;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code portero ban}, which drops all packets of a source for a limited time. */
@Command(
        name = "ban",
        mixinStandardHelpOptions = true,
        description = {
            "Drops everything from an address or a network for a limited time, running sessions included.",
            "A ban survives policy changes, repairs, restarts and boots. Without --force, it refuses to ban a"
                    + " source that manages this host or that a service admits by name.",
            "Each ban has an owner (--by). Each owner has at most one ban of an address; the address stays"
                    + " banned until the last of these bans ends."
        })
final class BanCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Parameters(
            paramLabel = "ADDR",
            description = {
                "An IPv4 or IPv6 address, a network (192.0.2.0/24) or a range (192.0.2.1-192.0.2.9).",
                "With -, read addresses from standard input, one line each: ADDR [TIME [NOTE]]. The defaults"
                        + " are --for and --note; # begins a comment. Bad lines are reported; all others are"
                        + " applied at once."
            })
    private String address = "";

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "1h",
            description = "How long: 90s, 10m, 1h, 7d, 1h30m, a number of seconds, or ever, for a ban without"
                    + " an end (default: 1h).")
    private String lasting = "";

    @Option(
            names = "--by",
            paramLabel = "NAME",
            defaultValue = "hand",
            description = "The owner of the ban, such as fail2ban:sshd (default: hand).")
    private String by = "";

    @Option(
            names = "--note",
            paramLabel = "TEXT",
            defaultValue = "",
            description = "The reason; portero bans shows it.")
    private String note = "";

    @Option(
            names = "--only",
            description = "With -: also lift every ban of this owner (--by) that is not in the input. When a"
                    + " line cannot be read, nothing is lifted.")
    private boolean only;

    @Option(names = "--force", description = "Ban it even if it manages this host or a service admits it by name.")
    private boolean force;

    BanCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var owner = owner();
        var time = time();
        var office = new BanOffice(tools, locations);
        if (address.equals("-")) {
            return all(office, owner, time);
        }
        if (only) {
            throw new ParameterException(spec.commandLine(), "--only works only with -, the standard input");
        }
        var wanted = new BanOrder.Wanted(BanTarget.parse(spec.commandLine(), address), time, note);
        return said(wanted, office.order(new BanOrder.Make(owner, force, false, List.of(wanted))));
    }

    private int said(BanOrder.Wanted wanted, BanReport report) {
        if (report.failure().isPresent()) {
            return fail(report.failure().get());
        }
        for (var item : report.with(Result.SPARED)) {
            return fail("not banned: " + item.says() + "; add --force to ban it anyway");
        }
        report.remark().ifPresent(this::complain);
        var longer = report.items().stream()
                .map(BanReport.Item::says)
                .filter(s -> !s.isEmpty())
                .findFirst()
                .map(s -> " (" + s + ")")
                .orElse("");
        spec.commandLine()
                .getOut()
                .println("banned: " + wanted.what()
                        + wanted.lasting()
                                .map(t -> " for " + BanDuration.text(t))
                                .orElse(" until portero unban " + wanted.what())
                        + longer);
        return ExitCode.DONE;
    }

    private int all(BanOffice office, Owner owner, Optional<Duration> time) {
        BanInput input;
        try {
            input = BanInput.read(System.in, time, note);
        } catch (IOException e) {
            return fail("standard input cannot be read: " + e.getMessage());
        }
        input.bad().forEach(this::complain);
        boolean lifts = only && input.bad().isEmpty();
        if (input.good().isEmpty() && !lifts) {
            return input.bad().isEmpty() ? said(0, "") : ExitCode.FAILED;
        }
        var report = office.order(new BanOrder.Make(owner, force, lifts, input.good()));
        if (report.failure().isPresent()) {
            return fail(report.failure().get());
        }
        var spared = report.with(Result.SPARED);
        spared.forEach(item -> complain("not banned: " + item.says()));
        report.remark().ifPresent(this::complain);
        said(
                report.items().size() - spared.size(),
                report.others() > 0 ? ", no longer banned: " + report.others() : "");
        return input.bad().isEmpty() && spared.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private int said(int count, String others) {
        spec.commandLine().getOut().println("banned: " + count + others);
        return ExitCode.DONE;
    }

    private Owner owner() {
        try {
            return Owner.parseMaker(by);
        } catch (Owner.NotAnOwner e) {
            throw new ParameterException(spec.commandLine(), "--by \"" + by + "\" is no owner: " + e.getMessage());
        }
    }

    private Optional<Duration> time() {
        try {
            return BanDuration.parse(lasting);
        } catch (BanDuration.NotADuration e) {
            throw new ParameterException(
                    spec.commandLine(), "--for \"" + lasting + "\" is not a time: " + e.getMessage());
        }
    }

    private void complain(String sentence) {
        spec.commandLine().getErr().println("portero: " + sentence);
    }

    private int fail(String sentence) {
        complain(sentence);
        return ExitCode.FAILED;
    }
}
