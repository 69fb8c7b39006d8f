package io.portero.nft;

import com.fasterxml.jackson.databind.JsonNode;
import io.portero.compile.VerdictMap.Interval;
import io.portero.plan.Snapshot.ActualMap;
import io.portero.policy.PortRange;
import java.util.Optional;
import java.util.TreeMap;

/** Reads a verdict map from ports or protocols to chains; any other target makes it illegible. */
final class MapJson {
    private MapJson() {}

    static ActualMap map(JsonNode body) {
        var targets = new TreeMap<Interval, String>();
        boolean legible = Listing.text(body, "map").equals("verdict");
        for (var element : body.path("elem")) {
            var interval = interval(element.path(0));
            var target = element.path(1).path("goto").path("target");
            if (interval.isPresent() && target.isTextual()) {
                targets.put(interval.get(), target.asText());
            } else {
                legible = false;
            }
        }
        return new ActualMap(
                Listing.text(body, "name"), Listing.type(body), Listing.words(body.path("flags")), targets, legible);
    }

    private static Optional<Interval> interval(JsonNode key) {
        var range = key.path("range");
        if (range.isArray()) {
            return Optional.of(new Interval(range.path(0).asInt(), range.path(1).asInt()));
        }
        if (key.path("prefix").isObject()) {
            return Optional.of(prefixed(key.path("prefix")));
        }
        return number(key).map(n -> new Interval(n, n));
    }

    /** Some versions print a range of ports that is a power of two as a prefix. */
    private static Interval prefixed(JsonNode prefix) {
        int first = prefix.path("addr").asInt();
        return new Interval(
                first, first | PortRange.HIGHEST >>> prefix.path("len").asInt());
    }

    /** A port, or a protocol; protocols are listed by name if the host has /etc/protocols. */
    private static Optional<Integer> number(JsonNode node) {
        if (node.isInt()) {
            return Optional.of(node.asInt());
        }
        return switch (node.asText()) {
            case "icmp" -> Optional.of(1);
            case "tcp" -> Optional.of(6);
            case "udp" -> Optional.of(17);
            case "gre" -> Optional.of(47);
            case "esp" -> Optional.of(50);
            case "ah" -> Optional.of(51);
            case "ipv6-icmp", "icmpv6" -> Optional.of(58);
            case "vrrp" -> Optional.of(112);
            case "sctp" -> Optional.of(132);
            default -> Optional.empty();
        };
    }
}
