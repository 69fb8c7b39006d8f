package io.portero.cli;

import io.portero.apply.Firewall;
import io.portero.safety.HostView;
import io.portero.stage.StageTable;
import io.portero.status.StatusDocument;
import io.portero.status.StatusJson;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code portero watch}, which shows the status and refreshes it. */
@Command(
        name = "watch",
        mixinStandardHelpOptions = true,
        description = "Shows the status and refreshes it, with packets per second beside the counters. Press q or"
                + " Ctrl-C to end. Without a terminal it prints the status once.")
final class WatchCommand implements Callable<Integer> {
    /** The longest delay before a key or a signal has an effect. */
    private static final Duration BEAT = Duration.ofMillis(100);

    private final Firewall firewall;
    private final StageTable stage;
    private final HostView host;
    private final Tools.Terminal terminal;
    private volatile boolean ended;
    private volatile boolean changed;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private Locations locations = new Locations();

    @Option(
            names = {"-n", "--interval"},
            paramLabel = "TIME",
            description = "The refresh interval, such as 5s or 1m (default: 2s).")
    private String interval = "2s";

    @Option(names = "--count", paramLabel = "N", description = "End after N refreshes (default: never).")
    private int count;

    @Option(names = "--json", description = "Print JSON, one line for each refresh.")
    private boolean json;

    WatchCommand(Firewall firewall, StageTable stage, HostView host, Tools.Terminal terminal) {
        this.firewall = firewall;
        this.stage = stage;
        this.host = host;
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var pause = pause();
        if (count < 0) {
            throw new ParameterException(spec.commandLine(), "--count " + count + " is not a number of refreshes");
        }
        var live = new LiveStatus(firewall, stage, host, locations.runDir(), System::nanoTime);
        var first = live.read();
        if (first instanceof RunningAgent.Found.Not(String why)) {
            spec.commandLine().getErr().println("portero: " + why);
            return ExitCode.FAILED;
        }
        boolean drawn = !json && Screen.isTerminal();
        int looks = count > 0 ? count : drawn || json ? Integer.MAX_VALUE : 1;
        terminal.onEnd(() -> ended = true);
        if (drawn) {
            draw(live, first, pause, looks);
        } else {
            print(live, first, pause, looks);
        }
        return ExitCode.DONE;
    }

    private Duration pause() {
        try {
            return BanDuration.parse(interval)
                    .filter(d -> d.compareTo(Duration.ofDays(1)) <= 0)
                    .orElseThrow(() -> new BanDuration.NotADuration("it is from 1s to 1d"));
        } catch (BanDuration.NotADuration e) {
            throw new ParameterException(
                    spec.commandLine(), "--interval \"" + interval + "\" is not an interval: " + e.getMessage());
        }
    }

    /** Prints one status after the other, for programs and files. */
    private void print(LiveStatus live, RunningAgent.Found first, Duration pause, int looks) {
        var out = spec.commandLine().getOut();
        var found = first;
        for (int look = 1; !out.checkError(); look++) {
            switch (found) {
                case RunningAgent.Found.Running(var status) ->
                    out.print(
                            json
                                    ? StatusJson.compact(status) + "\n"
                                    : (look > 1 ? "\n" : "")
                                            + StatusReport.withRates(status, Ansi.OFF, TerminalText.WIDTH));
                case RunningAgent.Found.Not(var why) ->
                    spec.commandLine().getErr().println("portero: " + why);
            }
            out.flush();
            if (look >= looks || !rest(pause)) {
                return;
            }
            found = live.read();
        }
    }

    private void draw(LiveStatus live, RunningAgent.Found first, Duration pause, int looks) {
        var out = spec.commandLine().getOut();
        terminal.onChange(() -> changed = true);
        try {
            terminal.takeKeys();
            out.print(Picture.open());
            var found = first;
            for (int look = 1; !out.checkError(); look++) {
                out.print(Picture.of(text(found), terminal.size()));
                out.flush();
                if (look >= looks) {
                    return;
                }
                while (!rest(pause)) {
                    if (ended) {
                        return;
                    }
                    changed = false;
                    out.print(Picture.open() + Picture.of(text(found), terminal.size()));
                    out.flush();
                }
                found = live.read();
            }
        } finally {
            out.print(Picture.close());
            out.flush();
            terminal.giveBack();
        }
    }

    private String text(RunningAgent.Found found) {
        var heading = "portero watch, every " + interval + ", "
                + LocalTime.now(ZoneId.systemDefault()).truncatedTo(ChronoUnit.SECONDS) + "; q ends it";
        return heading + "\n\n"
                + switch (found) {
                    case RunningAgent.Found.Running(StatusDocument status) ->
                        StatusReport.withRates(
                                status, Screen.ansi(), terminal.size().columns());
                    case RunningAgent.Found.Not(var why) -> "portero: " + why + "\n";
                };
    }

    /** Waits; returns false if a key or a signal interrupts. */
    private boolean rest(Duration pause) {
        long end = System.nanoTime() + pause.toNanos();
        while (System.nanoTime() < end) {
            if (!json && terminal.keys().toLowerCase(Locale.ROOT).contains("q")) {
                ended = true;
            }
            if (ended || changed) {
                return false;
            }
            LockSupport.parkNanos(Math.min(BEAT.toNanos(), Math.max(1, end - System.nanoTime())));
        }
        return true;
    }
}
