package io.portero.fleet;

import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.nats.NatsTransport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Function;

/** A host in a fleet, with a simulated agent that answers through its status file. */
public final class TestHost implements AutoCloseable {
    private static final String STATUS =
            "{\"in_sync\":%s,\"since\":\"2026-01-01T00:00:00Z\",\"policy\":{\"file\":\"p\",\"last_reload_successful\":%s,"
                    + "\"last_reload_success\":\"%s\",\"problems\":[]},\"history\":[%s]}";

    final Path directory;
    final List<String> log = new CopyOnWriteArrayList<>();
    private final FleetHost host;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());

    /** @param transport creates the transport for the settings */
    TestHost(
            String role,
            Clock clock,
            Path base,
            String name,
            StoreSettings store,
            Path allowedSigners,
            SshKeygen keygen,
            Function<HostSettings, Transport> transport)
            throws IOException {
        directory = Files.createDirectories(base.resolve(name));
        var own = directory.resolve("host.yaml");
        Files.writeString(own, "services: { ssh: { ports: [22/tcp], from: [192.0.2.1], management: true } }\n");
        var settings = new HostSettings(
                "example",
                role,
                name,
                store,
                1,
                allowedSigners,
                Optional.empty(),
                own,
                Optional.empty(),
                "127.0.0.1",
                0);
        host = new FleetHost(
                settings,
                transport.apply(settings),
                keygen,
                directory,
                directory.resolve("status.json"),
                executor,
                clock,
                log::add);
        well();
        host.start();
    }

    static TestHost of(Path base, String name, StoreSettings.Nats store, Path allowed, SshKeygen keygen)
            throws IOException {
        return at(Clock.systemUTC(), base, name, store, allowed, keygen);
    }

    static TestHost at(Clock clock, Path base, String name, StoreSettings.Nats store, Path allowed, SshKeygen keygen)
            throws IOException {
        return new TestHost(
                "voice", clock, base, name, store, allowed, keygen, settings -> new NatsTransport(store, settings));
    }

    static TestHost in(String role, Path base, String name, StoreSettings.Nats store, Path allowed, SshKeygen keygen)
            throws IOException {
        return new TestHost(
                role,
                Clock.systemUTC(),
                base,
                name,
                store,
                allowed,
                keygen,
                settings -> new NatsTransport(store, settings));
    }

    /** From now on, the agent accepts every policy. */
    void well() throws IOException {
        status(STATUS.formatted(true, true, Instant.now().plusSeconds(3600), ""));
    }

    /** The agent has just rolled the policy back. */
    void rolledBack() throws IOException {
        status(STATUS.formatted(
                true,
                false,
                "2026-01-01T00:00:00Z",
                "{\"at\":\"" + Instant.now() + "\",\"kind\":\"rollback\",\"what\":\"not confirmed in time\"}"));
    }

    /** The agent has just refused the policy, as its lockout guard does. */
    void lockedOut() throws IOException {
        status(STATUS.formatted(
                true,
                false,
                "2026-01-01T00:00:00Z",
                "{\"at\":\"" + Instant.now()
                        + "\",\"kind\":\"refused\",\"what\":\"it would shut out 192.0.2.1, who is logged in\"}"));
    }

    private void status(String json) throws IOException {
        var beside = Files.writeString(directory.resolve("status.new"), json);
        Files.move(beside, directory.resolve("status.json"), StandardCopyOption.ATOMIC_MOVE);
    }

    String policy() {
        try {
            return Files.readString(directory.resolve(FleetFiles.POLICY));
        } catch (IOException e) {
            return "";
        }
    }

    boolean has(long version) {
        return policy().startsWith("# Composed by portero fleet: example, role voice, version " + version + ".\n");
    }

    String metrics() {
        return host.metrics();
    }

    @Override
    public void close() {
        host.close();
        executor.shutdownNow();
    }
}
