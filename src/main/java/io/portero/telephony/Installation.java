package io.portero.telephony;

import java.util.List;

/**
 * A telephony program on this host or in one of its containers.
 *
 * @param running whether a process of it runs; otherwise only its files exist
 * @param ownNetwork whether it has its own network namespace, so that others reach only its published ports
 * @param root the path of its root directory on the host: empty for the host's own, otherwise such as
 * {@code /proc/4711/root}
 * @param ports empty if they could not be read completely
 * @param unreadable the files that exist and may not be read
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

    /** The ports of one use that packets from outside can reach. */
    public List<ConfiguredPorts> open(Use use) {
        return ports.stream().filter(p -> p.use() == use && !p.isLocal()).toList();
    }

    /** The path of one of its files, as seen from the host. */
    public String path(ConfiguredPorts ports) {
        return ports.file().startsWith("/") ? root + ports.file() : ports.file();
    }
}
