package io.portero.host;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The kind of a network interface, from its directory in {@code /sys/class/net}, which everybody may read.
 *
 * @param directory the directory of the interface; absent for an interface that does not exist
 */
record InterfaceKind(Path directory) {
    /**
     * Hardware types of tunnels, from linux/if_arp.h: IPIP, IPv6 in IPv6, SIT, GRE over both families, and none at all:
     * WireGuard, TUN, XFRM.
     */
    private static final Set<String> TYPES = Set.of("768", "769", "776", "778", "823", "65534");

    /** Tunnels that look like Ethernet, by the device type in {@code uevent}. */
    private static final List<String> DEVICES = List.of("DEVTYPE=vxlan", "DEVTYPE=geneve", "DEVTYPE=wireguard");

    /** Whether its packets travel inside packets of another interface. */
    boolean isTunnel() {
        return ProcFiles.lines(directory.resolve("type")).stream().anyMatch(TYPES::contains)
                || ProcFiles.lines(directory.resolve("uevent")).stream().anyMatch(DEVICES::contains)
                || Files.exists(directory.resolve("tun_flags"));
    }
}
