package io.portero.cli;

import io.portero.bans.BanOrder;
import io.portero.bans.BanReport;
import io.portero.bans.BanReport.Result;
import io.portero.bans.Owner;
import io.portero.policy.AddressRange;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code portero unban}, which lifts bans. */
@Command(
        name = "unban",
        mixinStandardHelpOptions = true,
        description = {
            "Lifts all bans of an address or a network, or only those of one owner (--by).",
            "When no ban is left, only the policy decides what the address may reach."
        })
final class UnbanCommand implements Callable<Integer> {
    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Parameters(
            arity = "0..1",
            paramLabel = "ADDR",
            description = "The banned address, network or range; with -, read them from standard input, the"
                    + " first word of each line.")
    private @Nullable String address;

    @Option(names = "--all", description = "Lift all bans; with --by, all bans of NAME.")
    private boolean all;

    @Option(names = "--by", paramLabel = "NAME", description = "Lift only the bans of this owner.")
    private @Nullable String by;

    UnbanCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var owner = owner();
        var office = new BanOffice(tools, locations);
        if (all == (address != null)) {
            throw new ParameterException(spec.commandLine(), "give one address, - or --all");
        }
        if (address == null) {
            return many(office, new BanOrder.Lift(owner, Optional.empty()), List.of());
        }
        if (address.equals("-")) {
            return input(office, owner);
        }
        var what = BanTarget.parse(spec.commandLine(), address);
        return said(what, owner, office.order(new BanOrder.Lift(owner, Optional.of(List.of(what)))));
    }

    private int said(AddressRange what, Optional<Owner> owner, BanReport report) {
        if (report.failure().isPresent()) {
            return fail(report.failure().get());
        }
        report.remark().ifPresent(this::complain);
        for (var item : report.items()) {
            var still = item.says().isEmpty() ? "" : " (" + item.says() + ")";
            spec.commandLine()
                    .getOut()
                    .println(
                            item.result() == Result.DONE
                                    ? "unbanned: " + what
                                            + owner.map(o -> " by " + o).orElse("") + still
                                    : "not banned: " + what
                                            + owner.map(o -> " by " + o).orElse("")
                                            + (still.isEmpty() ? " (it had no ban)" : still));
        }
        return ExitCode.DONE;
    }

    private int input(BanOffice office, Optional<Owner> owner) {
        BanInput input;
        try {
            input = BanInput.readAddresses(System.in);
        } catch (IOException e) {
            return fail("standard input cannot be read: " + e.getMessage());
        }
        var named = input.good().stream().map(BanOrder.Wanted::what).toList();
        return many(office, new BanOrder.Lift(owner, Optional.of(named)), input.bad());
    }

    private int many(BanOffice office, BanOrder.Lift order, List<String> bad) {
        bad.forEach(this::complain);
        var report = office.order(order);
        if (report.failure().isPresent()) {
            return fail(report.failure().get());
        }
        report.remark().ifPresent(this::complain);
        spec.commandLine()
                .getOut()
                .println("unbanned: " + report.with(Result.DONE).size());
        return bad.isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private Optional<Owner> owner() {
        if (by == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(Owner.parse(by));
        } catch (Owner.NotAnOwner e) {
            throw new ParameterException(spec.commandLine(), "--by \"" + by + "\" is no owner: " + e.getMessage());
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
