package io.portero.compile;

import io.portero.compile.VerdictMap.Interval;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Place;
import io.portero.policy.PortRange;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Rules that match a source together with the port, the interface and the destination address. */
final class StageMatches {
    private final StageSets sets;

    StageMatches(StageSets sets) {
        this.sets = sets;
    }

    static String at(PortRange ports) {
        return ports.protocol().hasPorts()
                ? ports.protocol().word() + " dport " + new Interval(ports.first(), ports.last()) + " "
                : "meta l4proto " + ports.protocol().number() + " ";
    }

    List<Rule> pings(String key, String set, AddressSet addresses, String action) {
        var rules = new ArrayList<Rule>();
        for (var family : Family.values()) {
            var protocol = family == Family.V4 ? "icmp" : "icmpv6";
            sets.source(set, family, addresses.only(family))
                    .ifPresent(source -> rules.add(new Rule(key, protocol + " type echo-request " + source + action)));
        }
        return rules;
    }

    /** The rules that apply {@code action} to packets from these addresses to a place that match a condition. */
    List<Rule> matching(String key, String set, AddressSet addresses, Place place, String condition, String action) {
        var rules = new ArrayList<Rule>();
        for (var family : Family.values()) {
            sets.source(set, family, addresses.only(family))
                    .ifPresent(source -> rules.add(new Rule(
                            key, condition + interfaces(place) + destination(place, family) + source + action)));
        }
        return rules;
    }

    private static String interfaces(Place place) {
        return place.by().map(by -> "iifname \"" + by + "\" ").orElse("")
                + place.except().stream().map(e -> "iifname != \"" + e + "\" ").collect(Collectors.joining());
    }

    private static String destination(Place place, Family family) {
        var at = place.at().only(family);
        var name = family == Family.V4 ? "ip daddr" : "ip6 daddr";
        if (StageSets.isWhole(at, family)) {
            return "";
        }
        return name + " { " + at.ranges().stream().map(Object::toString).collect(Collectors.joining(", ")) + " } ";
    }
}
