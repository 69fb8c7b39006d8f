package io.portero.migration;

import io.portero.policy.PortRange;
import java.util.List;
import java.util.Map;

/** The names of services at well-known ports. */
final class KnownPorts {
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(22, "ssh"),
            Map.entry(25, "smtp"),
            Map.entry(53, "dns"),
            Map.entry(80, "http"),
            Map.entry(123, "ntp"),
            Map.entry(143, "imap"),
            Map.entry(389, "ldap"),
            Map.entry(443, "https"),
            Map.entry(465, "smtps"),
            Map.entry(500, "ike"),
            Map.entry(587, "submission"),
            Map.entry(853, "dns-tls"),
            Map.entry(993, "imaps"),
            Map.entry(1194, "openvpn"),
            Map.entry(3100, "loki"),
            Map.entry(3306, "mysql"),
            Map.entry(3478, "stun"),
            Map.entry(5060, "sip"),
            Map.entry(5061, "sip-tls"),
            Map.entry(5432, "postgres"),
            Map.entry(6379, "redis"),
            Map.entry(9090, "prometheus"),
            Map.entry(9100, "node-exporter"),
            Map.entry(51820, "wireguard"));

    private KnownPorts() {}

    static String name(List<PortRange> ports) {
        var first = ports.getFirst();
        if (!first.protocol().hasPorts()) {
            return first.protocol().word();
        }
        if (first.first() == 1 && first.last() == PortRange.HIGHEST) {
            return "all-ports";
        }
        var known = first.first() == first.last() ? NAMES.get(first.first()) : null;
        if (known != null
                && known.equals("http")
                && ports.size() > 1
                && ports.get(1).first() == 443) {
            return "web";
        }
        if (known != null) {
            return known;
        }
        return first.first() == first.last() ? "port-" + first.first() : "ports-" + first.first() + "-" + first.last();
    }
}
