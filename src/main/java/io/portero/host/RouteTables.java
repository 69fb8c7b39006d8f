package io.portero.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Surroundings.DefaultRoute;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads the default routes from listings of routes.
 *
 * <p>A route to half of IPv4, as tunnels set it (0.0.0.0/1 and 128.0.0.0/1), or to all IPv6 addresses in use (2000::/3)
 * counts as a default route.
 */
final class RouteTables {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int UP = 0x1;
    private static final int REJECT = 0x200;
    private static final int HALF_OF_V4 = 1;
    private static final int INTERNET_V6 = 3;
    private static final Ip SOME_V6 = new Ip(Family.V6, 0x2000_0000_0000_0000L, 1);
    /** The types of {@code ip route} that lead nowhere; a route without a type is unicast. */
    static final Set<String> LEADING = Set.of("", "unicast");

    private RouteTables() {}

    /** The files {@code route} and {@code ipv6_route}, as proc_net(5) describes them. */
    static List<DefaultRoute> ofProc(List<String> route, List<String> route6) {
        var found = new ArrayList<DefaultRoute>();
        for (var line : route) {
            var words = line.strip().split("\\s+");
            if (words.length > 7 && leads(words[3]) && Long.bitCount(hex(words[7])) <= HALF_OF_V4) {
                found.add(new DefaultRoute(words[0], gateway(v4(words[2])), Optional.empty()));
            }
        }
        for (var line : route6) {
            var words = line.strip().split("\\s+");
            if (words.length > 9 && leads(words[8]) && isDefault(v6(words[0]), (int) hex(words[1]))) {
                found.add(new DefaultRoute(words[9], gateway(v6(words[4])), Optional.empty()));
            }
        }
        return found.stream().distinct().toList();
    }

    static boolean leads(String flags) {
        return flags.matches("[0-9A-Fa-f]{4,8}") && (hex(flags) & UP) != 0 && (hex(flags) & REJECT) == 0;
    }

    private static boolean isDefault(Ip network, int prefix) {
        return prefix <= INTERNET_V6 && AddressRange.network(network, prefix).contains(SOME_V6);
    }

    private static Optional<Ip> gateway(Ip ip) {
        return ip.isUnspecified() ? Optional.empty() : Optional.of(ip);
    }

    static long hex(String word) {
        return HexFormat.fromHexDigitsToLong(word);
    }

    /** A 32-bit word in the byte order of the machine; all supported machines are little-endian. */
    static Ip v4(String word) {
        return new Ip(Family.V4, 0, Integer.reverseBytes((int) hex(word)) & 0xffff_ffffL);
    }

    static Ip v6(String word) {
        return new Ip(Family.V6, hex(word.substring(0, 16)), hex(word.substring(16)));
    }

    /** Reads the output of {@code ip -j route show} for such routes. */
    static List<DefaultRoute> ofIp(String json) {
        var found = new ArrayList<DefaultRoute>();
        try {
            for (var route : JSON.readTree(json)) {
                if (LEADING.contains(route.path("type").asText(""))) {
                    var source = address(route.path("prefsrc").asText(""));
                    hop(route, source).ifPresent(found::add);
                    route.path("nexthops").forEach(hop -> hop(hop, source).ifPresent(found::add));
                }
            }
        } catch (JsonProcessingException e) {
            return List.of(); // falls back to what /proc shows
        }
        return found;
    }

    /** A next hop of the other address family is below {@code via} (RFC 5549). */
    private static Optional<DefaultRoute> hop(JsonNode node, Optional<Ip> source) {
        var gateway = address(
                node.path("gateway").asText(node.path("via").path("host").asText("")));
        return Optional.of(node.path("dev").asText(""))
                .filter(dev -> !dev.isEmpty())
                .map(dev -> new DefaultRoute(dev, gateway, source));
    }

    static Optional<Ip> address(String word) {
        try {
            return Optional.of(Ip.parse(word));
        } catch (Ip.NotAnAddress e) {
            return Optional.empty();
        }
    }
}
