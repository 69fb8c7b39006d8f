package io.portero.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Tells whether this host has a route to the network yet: one by another interface than {@code lo} that is not
 * link-local.
 */
public final class NetworkUp implements BooleanSupplier {
    private static final int LINK_LOCAL_OR_MULTICAST = 0xfe;

    private final Path directory;

    public NetworkUp() {
        this(Path.of("/proc/net"));
    }

    NetworkUp(Path directory) {
        this.directory = directory;
    }

    @Override
    public boolean getAsBoolean() {
        return lines("route").stream().anyMatch(NetworkUp::leadsOut)
                || lines("ipv6_route").stream().anyMatch(NetworkUp::leadsOut6);
    }

    private static boolean leadsOut(String line) {
        var words = line.strip().split("\\s+");
        return words.length > 7 && RouteTables.leads(words[3]) && !words[0].equals("lo");
    }

    private static boolean leadsOut6(String line) {
        var words = line.strip().split("\\s+");
        return words.length > 9
                && RouteTables.leads(words[8])
                && !words[9].equals("lo")
                && RouteTables.hex(words[0].substring(0, 2)) < LINK_LOCAL_OR_MULTICAST;
    }

    /** If the files cannot be read, assume that it has one: the attempt itself shows it. */
    private List<String> lines(String name) {
        try {
            return Files.readAllLines(directory.resolve(name));
        } catch (IOException e) {
            return List.of();
        }
    }
}
