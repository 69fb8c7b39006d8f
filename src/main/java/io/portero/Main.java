package io.portero;

import io.portero.cli.ExitCode;
import io.portero.cli.Locations;
import io.portero.cli.OtherFirewall;
import io.portero.cli.PorteroCommand;
import io.portero.cli.Tools;
import io.portero.config.PolicyReader;
import io.portero.demo.Demo;
import io.portero.exec.CommandRunner;
import io.portero.exec.ProcessRunner;
import io.portero.files.ThisHost;
import io.portero.host.Examination;
import io.portero.host.ProcHost;
import io.portero.lab.Privilege;
import io.portero.lab.Probe;
import io.portero.names.DnsResolver;
import io.portero.nft.ForeignScript;
import io.portero.nft.KernelForm;
import io.portero.nft.NftFirewall;
import io.portero.nft.NftHealth;
import io.portero.nft.NftProgram;
import io.portero.nft.NftStage;
import io.portero.nft.NftTracer;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Parses the command line before anything else, so that only {@code run} starts the framework and binds a port. */
@QuarkusMain
public final class Main {
    private Main() {}

    public static void main(String... arguments) {
        nameThisHost();
        System.exit(execute(new ProcessRunner(), arguments));
    }

    /**
     * Executes one command line and returns its exit code.
     *
     * @param runner starts all other programs
     */
    static int execute(CommandRunner runner, String... arguments) {
        var reader = new PolicyReader();
        var nft = new NftProgram(runner);
        return PorteroCommand.execute(
                tools(runner, reader, nft), policy -> nft.useWhenNeeded(() -> reader.nft(policy)), arguments);
    }

    /**
     * The logging library wants the name of this host, although no line shows it. Without this it asks the name servers, and
     * where these are down each start and each command takes five seconds and more.
     */
    private static void nameThisHost() {
        System.setProperty("jboss.qualified.host.name", ThisHost.name().orElse("localhost"));
    }

    private static Tools tools(CommandRunner runner, PolicyReader reader, NftProgram nft) {
        var host = new ProcHost(runner, nft);
        return new Tools(
                new NftFirewall(runner, nft, new KernelForm(runner, nft)),
                host,
                Examination.whole(host, runner, nft),
                reader,
                new DnsResolver(Duration.ofSeconds(3)),
                Main::daemon,
                colour -> Demo.run(System.out, colour),
                Probe::run,
                new UserTerminal(runner),
                new NftTracer(nft, Clock.systemUTC()),
                script -> listing(new ForeignScript(runner, nft, Privilege.isRoot()), script),
                new NftStage(runner, nft, new NftHealth(nft, System::nanoTime)),
                new FleetWiring(runner));
    }

    private static String listing(ForeignScript scripts, Path script) throws OtherFirewall.CannotRead {
        return switch (scripts.read(script)) {
            case ForeignScript.Meaning.Listed listed -> listed.json();
            case ForeignScript.Meaning.Unknown unknown ->
                throw new OtherFirewall.CannotRead(script + ": " + unknown.why());
        };
    }

    private static int daemon(Locations locations) {
        Signals.on("HUP", () -> {}); // SIGHUP would end the JVM; the first pass reads the file anyway
        var exitCode = new AtomicInteger(ExitCode.FAILED);
        Quarkus.run(
                Daemon.class,
                (code, failure) -> {
                    exitCode.set(code);
                    if (failure != null) {
                        System.err.println("portero: the agent could not start: " + failure.getMessage());
                    }
                },
                locations.config().toString(),
                locations.stateDir().toString(),
                locations.runDir().toString());
        return exitCode.get();
    }
}
