package io.portero.exposure;

import io.portero.policy.Ip;
import java.util.Map;
import java.util.Optional;

/**
 * A multicast group that a program of this host has joined on an interface.
 *
 * <p>The names are those of IANA's registries of IPv4 and IPv6 multicast addresses.
 */
public record Membership(String on, Ip group) {
    private static final Map<String, String> NAMES = Map.ofEntries(
            Map.entry("224.0.0.2", "all routers"),
            Map.entry("224.0.0.5", "OSPF"),
            Map.entry("224.0.0.6", "OSPF designated routers"),
            Map.entry("224.0.0.9", "RIP"),
            Map.entry("224.0.0.13", "PIM"),
            Map.entry("224.0.0.18", "VRRP"),
            Map.entry("224.0.0.22", "IGMP"),
            Map.entry("224.0.0.251", "multicast DNS"),
            Map.entry("224.0.0.252", "LLMNR"),
            Map.entry("224.0.1.75", "SIP"),
            Map.entry("239.255.255.250", "SSDP"),
            Map.entry("ff02::2", "all routers"),
            Map.entry("ff02::5", "OSPF"),
            Map.entry("ff02::6", "OSPF designated routers"),
            Map.entry("ff02::9", "RIP"),
            Map.entry("ff02::d", "PIM"),
            Map.entry("ff02::12", "VRRP"),
            Map.entry("ff02::16", "MLD"),
            Map.entry("ff02::fb", "multicast DNS"),
            Map.entry("ff02::1:3", "LLMNR"));

    /** The protocol of the group. */
    public Optional<String> name() {
        return Optional.ofNullable(NAMES.get(group.toString()));
    }

    /** Whether every host is in it: all nodes, and solicited nodes for neighbour discovery (RFC 4291). */
    public boolean isEveryHosts() {
        var text = group.toString();
        return text.equals("224.0.0.1")
                || text.equals("ff02::1")
                || text.equals("ff01::1")
                || text.startsWith("ff02::1:ff");
    }
}
