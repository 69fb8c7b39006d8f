package io.portero.fleet.nats;

import io.nats.client.Nats;
import io.nats.client.Options;
import io.portero.fleet.HostSettings;
import io.portero.fleet.HostSettings.StoreSettings;
import io.portero.fleet.Transport;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The transport of a host for thousands of hosts in one process: the threads of the NATS client are virtual.
 *
 * <p>Everything else is as on a host.
 */
public final class SharedThreads {
    private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

    private SharedThreads() {}

    public static Transport transport(StoreSettings.Nats store, HostSettings settings) {
        var factory = Thread.ofVirtual().factory();
        return new NatsTransport(
                store,
                settings,
                options -> Nats.connect(new Options.Builder(options)
                        .executor(THREADS)
                        .connectThreadFactory(factory)
                        .callbackThreadFactory(factory)
                        .build()));
    }
}
