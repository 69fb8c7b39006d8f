package io.portero.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code portero demo}, which shows Portero in temporary network namespaces. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Shows Portero at work in temporary network namespaces; nothing on this host is touched.")
final class DemoCommand implements Callable<Integer> {
    private final Tools.Demo demo;

    @Option(names = "--no-colour", description = "Print without colour, even on a terminal.")
    private boolean plain;

    DemoCommand(Tools.Demo demo) {
        this.demo = demo;
    }

    @Override
    public Integer call() {
        return demo.run(!plain && Screen.allowsColour());
    }
}
