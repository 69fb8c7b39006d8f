package io.portero.cli;

import io.portero.apply.Failure;
import io.portero.apply.Firewall.Reading;
import io.portero.bans.Ban;
import io.portero.status.BanRow;
import io.portero.status.StatusJson;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero bans}, which lists the bans. */
@Command(
        name = "bans",
        mixinStandardHelpOptions = true,
        description = "Lists the banned addresses and networks: time left, owner, and why.")
final class BansCommand implements Callable<Integer> {
    private static final Columns TABLE =
            Columns.of(Columns.whole(40), Columns.whole(11), Columns.whole(20), Columns.whole(0));

    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    BansCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        var clock = Clock.systemUTC();
        return switch (new BanOffice(tools, locations).bans().list()) {
            case Reading.Failed<List<Ban>>(Failure failure) -> {
                line.getErr().println("portero: " + failure.sentence());
                yield ExitCode.FAILED;
            }
            case Reading.Of<List<Ban>>(List<Ban> all) -> {
                line.getOut().print(json ? json(all, clock.instant()) : text(all, clock.instant()));
                line.getOut().flush();
                yield ExitCode.DONE;
            }
        };
    }

    private static String json(List<Ban> bans, Instant now) {
        return StatusJson.pretty(bans.stream().map(b -> BanRow.of(b, now)).toList());
    }

    private static String text(List<Ban> bans, Instant now) {
        if (bans.isEmpty()) {
            return "nobody is banned\n";
        }
        var text = new StringBuilder(TABLE.row("address", "left", "by", "note")).append('\n');
        for (var ban : bans) {
            var left = ban.left(now).map(BanDuration::text).orElse("ever");
            text.append(TABLE.row(ban.what().toString(), left, ban.by().name(), ban.note()))
                    .append('\n');
        }
        return text.toString();
    }
}
