package io.portero.cli;

import io.portero.apply.Firewall;
import io.portero.safety.HostView;
import io.portero.stage.StageTable;
import io.portero.status.Counted;
import io.portero.status.DroppedRow;
import io.portero.status.StatusDocument;
import io.portero.status.StatusJson;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The command {@code portero status}, which shows whether the kernel enforces the policy. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = "Shows whether the kernel enforces the policy, and the traffic that passes.")
final class StatusCommand implements Callable<Integer> {
    private static final long SECOND = 1_000_000_000;

    private final Firewall firewall;
    private final StageTable stage;
    private final HostView host;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--rates", description = "Measure for one second, and show packets per second instead of totals.")
    private boolean rates;

    @Option(
            names = "--would-drop",
            description = "In mode observe: list what would have been dropped, by service, source and port.")
    private boolean wouldDrop;

    StatusCommand(Firewall firewall, StageTable stage, HostView host) {
        this.firewall = firewall;
        this.stage = stage;
        this.host = host;
    }

    @Override
    public Integer call() {
        var line = spec.commandLine();
        return switch (read()) {
            case RunningAgent.Found.Not(String why) -> {
                line.getErr().println("portero: " + why);
                yield ExitCode.FAILED;
            }
            case RunningAgent.Found.Running(StatusDocument status) -> {
                if (wouldDrop && status.wouldDrop().isEmpty()) {
                    line.getErr()
                            .println("portero: mode is enforce, so packets are really dropped; to try a policy"
                                    + " first, set mode: observe in it");
                    yield ExitCode.FAILED;
                }
                line.getOut()
                        .print(status.wouldDrop()
                                .filter(w -> wouldDrop)
                                .map(flows -> text(flows)
                                        + (json
                                                ? ""
                                                : status.outgoing()
                                                        .map(WouldDropReport::of)
                                                        .orElse("")))
                                .orElseGet(() -> text(status)));
                line.getOut().flush();
                yield ExitCode.DONE;
            }
        };
    }

    private String text(StatusDocument status) {
        return json ? StatusJson.pretty(status) : StatusReport.of(status, Screen.ansi());
    }

    private String text(Counted<DroppedRow> report) {
        return json ? StatusJson.pretty(report) : WouldDropReport.of(report);
    }

    private RunningAgent.Found read() {
        var live = new LiveStatus(firewall, stage, host, locations.runDir(), System::nanoTime);
        var first = live.read();
        if (!rates || first instanceof RunningAgent.Found.Not) {
            return first;
        }
        LockSupport.parkNanos(SECOND);
        return live.read();
    }
}
