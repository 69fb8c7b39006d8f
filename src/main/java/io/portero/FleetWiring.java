package io.portero;

import io.portero.cli.ExitCode;
import io.portero.cli.Tools;
import io.portero.exec.CommandRunner;
import io.portero.files.ThisHost;
import io.portero.fleet.FleetHost;
import io.portero.fleet.HostSettings;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.MetricsPort;
import io.portero.fleet.OperatorStore;
import io.portero.fleet.Refusal;
import io.portero.fleet.SshKeygen;
import io.portero.fleet.Transport;
import io.portero.fleet.https.HttpsTransport;
import io.portero.fleet.nats.NatsStore;
import io.portero.fleet.nats.NatsTransport;
import io.portero.status.StatusFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;

/** Creates the objects of the fleet process and of the commands for many hosts. It starts no framework. */
final class FleetWiring implements Tools.Fleet {
    private final CommandRunner runner;

    FleetWiring(CommandRunner runner) {
        this.runner = runner;
    }

    @Override
    public int run(Path config, Path directory, Path runDirectory) {
        try {
            var settings = HostSettings.read(config, ThisHost.name().orElse(""));
            var end = new CountDownLatch(1);
            Signals.on("TERM", end::countDown);
            Signals.on("INT", end::countDown);
            var executor = Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().daemon().name("fleet").factory());
            try (var host = new FleetHost(
                            settings,
                            transport(settings),
                            keygen(),
                            directory,
                            runDirectory.resolve(StatusFile.NAME),
                            executor,
                            Wiring.CLOCK,
                            line -> System.out.println("portero fleet: " + line));
                    var _ = MetricsPort.open(
                            settings.metricsHost(),
                            settings.metricsPort(),
                            host::metrics,
                            line -> System.out.println("portero fleet: " + line))) {
                host.start();
                end.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                executor.shutdownNow();
            }
            return ExitCode.DONE;
        } catch (Refusal e) {
            System.err.println("portero: " + e.sentence());
            return ExitCode.REFUSED;
        } catch (IOException e) {
            System.err.println("portero: portero fleet cannot run: " + e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private static Transport transport(HostSettings settings) throws IOException {
        return switch (settings.store()) {
            case StoreSettings.Nats nats -> new NatsTransport(nats, settings);
            case StoreSettings.Https https -> HttpsTransport.of(https, settings);
        };
    }

    @Override
    public SshKeygen keygen() {
        return new SshKeygen(runner);
    }

    @Override
    public OperatorStore open(StoreSettings.Nats settings) throws IOException {
        return NatsStore.open(settings);
    }
}
