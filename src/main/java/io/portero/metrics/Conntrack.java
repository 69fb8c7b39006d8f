package io.portero.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.NoSuchElementException;

/**
 * The metrics of the connection tracking table; when it is full, the kernel drops new flows whatever the policy says.
 */
final class Conntrack {
    private static final Path DIRECTORY = Path.of("/proc/sys/net/netfilter");

    private Conntrack() {}

    static void register(MeterRegistry registry) {
        Gauge.builder("portero.conntrack.entries", () -> read("nf_conntrack_count"))
                .description(
                        "Flows that connection tracking holds; near portero_conntrack_limit the kernel drops new ones.")
                .register(registry);
        Gauge.builder("portero.conntrack.limit", () -> read("nf_conntrack_max"))
                .description("Flows that connection tracking can hold; raise net.netfilter.nf_conntrack_max in time.")
                .register(registry);
    }

    private static double read(String name) {
        try {
            // In one read: such a file ends after the first read, however short that was.
            return Double.parseDouble(
                    Files.readAllLines(DIRECTORY.resolve(name)).getFirst());
        } catch (IOException | NumberFormatException | NoSuchElementException e) {
            return Double.NaN;
        }
    }
}
