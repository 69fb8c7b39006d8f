package io.portero.compile;

import io.portero.compile.NamedSet.Seen;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The sets of one side of a comparison, and the rules that use or fill them. */
final class StageSets {
    private final SortedMap<String, List<String>> kept = new TreeMap<>();
    private final SortedMap<String, List<String>> sets = new TreeMap<>();

    /** The sets that the kernel fills. */
    SortedMap<String, List<String>> kept() {
        return kept;
    }

    /** The sets that follow from the policies. */
    SortedMap<String, List<String>> fixed() {
        return sets;
    }

    /** A look-up of the source; nothing if there are no sources of that family. */
    Optional<String> source(String set, Family family, AddressSet addresses) {
        if (addresses.isEmpty()) {
            return Optional.empty();
        }
        if (isWhole(addresses, family)) {
            return Optional.of("meta nfproto " + (family == Family.V4 ? "ipv4 " : "ipv6 "));
        }
        var name = set + "_" + family.suffix();
        add(name, family, addresses);
        return Optional.of(SourceSets.saddr(family) + " @" + name + " ");
    }

    void add(String name, Family family, AddressSet addresses) {
        var lines = new ArrayList<>(List.of(type(family), "flags interval"));
        elements(lines, addresses.ranges().stream().map(Object::toString).toList());
        sets.put(name, lines);
    }

    static boolean isWhole(AddressSet addresses, Family family) {
        return AddressSet.of(AddressRange.everything(family)).minus(addresses).isEmpty();
    }

    static void elements(List<String> lines, List<String> elements) {
        if (!elements.isEmpty()) {
            lines.add("elements = {");
            elements.forEach(e -> lines.add("\t" + e + ","));
            lines.add("}");
        }
    }

    private static String type(Family family) {
        return family == Family.V4 ? "type ipv4_addr" : "type ipv6_addr";
    }

    /** The rules that remember source and port of packets to a service, as for dropped packets. */
    List<Rule> remembering(StageChange change, String service) {
        var rules = new ArrayList<Rule>();
        for (var family : Family.values()) {
            var flows = change.flows(service, family);
            var protocols = change.protocols(service, family);
            kept.put(flows, seen(family, Seen.Wanted.PORT));
            kept.put(protocols, seen(family, Seen.Wanted.PROTOCOL));
            rules.add(new Rule(
                    "sources and ports",
                    "meta l4proto { 6, 17, 132 } update @" + flows + " { " + SourceSets.saddr(family)
                            + " . meta l4proto . th dport counter }"));
            rules.add(new Rule(
                    "sources and protocols",
                    "meta l4proto != { 6, 17, 132 } update @" + protocols + " { " + SourceSets.saddr(family)
                            + " . meta l4proto counter }"));
        }
        return rules;
    }

    private static List<String> seen(Family family, Seen.Wanted wanted) {
        var set = new Seen("", family, wanted);
        return List.of(
                type(family) + set.key(),
                "size " + set.size(),
                "flags dynamic,timeout",
                "timeout " + set.memory().toHours() + "h");
    }
}
