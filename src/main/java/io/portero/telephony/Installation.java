package io.portero.telephony;

import java.util.List;

/**
 * A telephony program on this host or in one of its containers.
 *
 * @param running whether a process of it runs; else its files alone are there
 * @param ownNetwork whether it has a network of its own, so that others reach only what is published of its ports
 * @param root where its files are seen from the host: empty for the host's own, else such as {@code /proc/4711/root}
 * @param ports empty where they could not be read as a whole
 * @param unreadable the files that are there and may not be read
 */
public record Installation(
        VoiceProgram program,
        boolean running,
        boolean ownNetwork,
        String root,
        List<ConfiguredPorts> ports,
        List<String> unreadable) {
    public Installation {
        ports = unreadable.isEmpty() ? List.copyOf(ports) : List.of();
        unreadable = List.copyOf(unreadable);
    }

    /** The ports of one use that packets from outside can get to. */
    public List<ConfiguredPorts> open(Use use) {
        return ports.stream().filter(p -> p.use() == use && !p.isLocal()).toList();
    }

    /** Where the administrator of the host finds a file of it. */
    public String path(ConfiguredPorts ports) {
        return ports.file().startsWith("/") ? root + ports.file() : ports.file();
    }
}
