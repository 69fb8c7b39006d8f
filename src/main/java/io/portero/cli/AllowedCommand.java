package io.portero.cli;

import io.portero.apply.Failure;
import io.portero.apply.Firewall.Reading;
import io.portero.guests.Guests;
import io.portero.status.GuestRow;
import io.portero.status.StatusJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero allowed}, which lists the sources with access for a limited time. */
@Command(
        name = "allowed",
        mixinStandardHelpOptions = true,
        description = "Lists the sources with access for a limited time: service, time left, who gave the"
                + " access, and why.")
final class AllowedCommand implements Callable<Integer> {
    private static final Columns TABLE =
            Columns.of(Columns.whole(40), Columns.whole(16), Columns.whole(11), Columns.whole(16), Columns.whole(0));

    private final Tools tools;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    AllowedCommand(Tools tools) {
        this.tools = tools;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        return switch (new GuestOffice(tools, locations).guests().list()) {
            case Reading.Failed<List<Guests.Listed>>(Failure failure) -> {
                line.getErr().println("portero: " + failure.sentence());
                yield ExitCode.FAILED;
            }
            case Reading.Of<List<Guests.Listed>>(List<Guests.Listed> all) -> {
                var now = Instant.now();
                var rows = all.stream()
                        .map(l -> GuestRow.of(l.guest(), l.inForce(), now))
                        .toList();
                line.getOut().print(json ? StatusJson.guests(rows) : text(rows));
                line.getOut().flush();
                yield ExitCode.DONE;
            }
        };
    }

    private static String text(List<GuestRow> rows) {
        if (rows.isEmpty()) {
            return "no source has access for a limited time\n";
        }
        var text = new StringBuilder(TABLE.row("address", "service", "left", "by", "note")).append('\n');
        for (var row : rows) {
            var left = row.inForce() ? BanDuration.text(Duration.ofSeconds(row.secondsLeft())) : "not in force";
            text.append(TABLE.row(
                            row.address(),
                            row.service(),
                            left,
                            row.by(),
                            row.note().orElse("")))
                    .append('\n');
        }
        return text.toString();
    }
}
