package io.portero.migration;

import io.portero.migration.ForeignRules.Reading;
import io.portero.migration.Xml.Element;
import io.portero.policy.AddressSet;
import io.portero.policy.PortRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads firewalld's files: its zones, and the services and sets that they name.
 *
 * <p>A zone counts if it is the default zone, or has sources or interfaces. No file of firewalld shows which interfaces
 * NetworkManager puts into a zone. As in firewalld, zones with sources come first, and refusals of a zone come before
 * its admissions.
 */
public final class FirewalldZones {
    private final Reading reading = new Reading();
    private final Files files;
    private final FirewalldPorts ports;
    private final List<ForeignRule> refusals = new ArrayList<>();
    private final List<ForeignRule> admissions = new ArrayList<>();

    private FirewalldZones(Files files) {
        this.files = files;
        this.ports = new FirewalldPorts(files.services, reading);
    }

    /**
     * The files that were read, by name.
     *
     * @param others files of firewalld that say more about packets, such as policies and direct rules
     */
    public record Files(
            String defaultZone,
            Map<String, String> zones,
            Map<String, String> services,
            Map<String, String> sets,
            List<String> others) {}

    public static ForeignRules read(Files files) {
        return new FirewalldZones(files).read();
    }

    private record Zone(String name, Element element, List<String> interfaces, AddressSet sources) {}

    private ForeignRules read() {
        var zones = new ArrayList<Zone>();
        files.zones.forEach((name, text) -> zone(name, text).ifPresent(zones::add));
        zones.sort(Comparator.comparing((Zone z) -> z.sources.isEmpty()).thenComparing(z -> z.interfaces.isEmpty()));
        boolean open = false;
        for (var zone : zones) {
            if (!zone.sources.isEmpty()) {
                zone(zone, zone.sources, List.of());
            }
            if (!zone.interfaces.isEmpty() || zone.name.equals(files.defaultZone)) {
                zone(zone, ForeignRule.ANYBODY, zone.interfaces);
            }
            open |= zone.name.equals(files.defaultZone) && target(zone).equals("ACCEPT") && zone.interfaces.isEmpty();
        }
        if (zones.size() > 1) {
            reading.left(
                    "zones",
                    zones.stream()
                            .map(Zone::name)
                            .reduce((a, b) -> a + ", " + b)
                            .orElse(""),
                    "firewalld uses one zone for each packet; a policy admits what any service admits. If a"
                            + " zone should admit less than the others, add on: or deny: by hand");
        }
        files.others.forEach(file -> reading.left(file, "the whole file", "it is not read; carry it over by hand"));
        refusals.forEach(reading::rule);
        admissions.forEach(reading::rule);
        return reading.end(!open);
    }

    private Optional<Zone> zone(String name, String text) {
        var read = Xml.read(text);
        if (read.isEmpty()) {
            reading.left("zone " + name, "the file", "it is no XML");
            return Optional.empty();
        }
        var interfaces = read.get().all("interface").map(i -> i.get("name")).toList();
        var sources = AddressSet.EMPTY;
        for (var source : read.get().all("source").toList()) {
            sources = sources.union(addresses("zone " + name, source));
        }
        if (interfaces.isEmpty() && sources.isEmpty() && !name.equals(files.defaultZone)) {
            return Optional.empty();
        }
        return Optional.of(new Zone(name, read.get(), interfaces, sources));
    }

    private static String target(Zone zone) {
        return zone.element.get("target");
    }

    /** Empty for a text that is no address, which is reported. */
    private AddressSet addresses(String where, Element source) {
        var set = source.get("ipset");
        if (!set.isEmpty()) {
            return members(where, set);
        }
        var word = source.get("address");
        var found = ForeignRule.addresses(word);
        if (found.isEmpty()) {
            reading.left(where, source.toString(), "a policy has only IP addresses");
        }
        return found.orElse(AddressSet.EMPTY);
    }

    private AddressSet members(String where, String set) {
        var text = files.sets.get(set);
        var read = text == null ? Optional.<Element>empty() : Xml.read(text);
        if (read.isEmpty() || !read.get().get("type").startsWith("hash:")) {
            reading.left(where, "set " + set, "its file is missing, or it is not a set of addresses");
            return AddressSet.EMPTY;
        }
        var members = AddressSet.EMPTY;
        for (var entry : read.get().all("entry").toList()) {
            members = members.union(ForeignRule.addresses(entry.text()).orElse(AddressSet.EMPTY));
        }
        return members;
    }

    private void zone(Zone zone, AddressSet from, List<String> on) {
        var where = "zone " + zone.name;
        boolean blocksPing = false;
        for (var element : zone.element.children()) {
            switch (element.name()) {
                case "service", "port", "protocol" -> {
                    if (!element.get("name").equals("dhcpv6-client")) { // this always passes
                        admit(where, element, from, List.of(), on);
                    }
                }
                case "rule" -> rule(where, element, from, on);
                case "source-port" ->
                    reading.left(where, element.toString(), "it matches the source port, which any sender can choose");
                case "icmp-block" -> blocksPing |= element.get("name").equals("echo-request");
                case "masquerade", "forward-port" ->
                    reading.left(where, element.toString(), "Portero does no NAT; keep it in another table");
                case "icmp-block-inversion" ->
                    reading.left(where, element.toString(), "a policy has only ping: for ICMP");
                default -> {} // names and descriptions
            }
        }
        switch (target(zone)) {
            case "ACCEPT" -> admissions.add(new ForeignRule(where, true, List.of(), from, List.of(), on, ""));
            case "DROP" -> {
                blocksPing = true;
                if (!from.equals(ForeignRule.ANYBODY)) {
                    refusals.add(new ForeignRule(where, false, List.of(), from, List.of(), on, ""));
                }
            }
            default -> {} // this target refuses what the zone does not admit
        }
        if (!blocksPing && on.isEmpty()) {
            reading.ping(from);
        }
    }

    private void admit(String where, Element element, AddressSet from, List<String> to, List<String> on) {
        ports.of(where, element)
                .ifPresent(named -> admissions.add(new ForeignRule(where, true, named, from, to, on, note(element))));
    }

    private static String note(Element element) {
        return element.name().equals("service") ? element.get("name") : "";
    }

    /** {@code <rule>}: a source, an element and an action. */
    private void rule(String where, Element rule, AddressSet zone, List<String> on) {
        var from = zone;
        var to = List.<String>of();
        var about = Optional.<Element>empty();
        var action = "";
        if (!rule.get("family").isEmpty()) {
            from = ForeignRule.shared(
                    from, rule.get("family").equals("ipv6") ? ForeignRule.ALL_V6 : ForeignRule.ALL_V4);
        }
        for (var part : rule.children()) {
            switch (part.name()) {
                case "source" -> {
                    var named = addresses(where, part);
                    from = part.get("invert").matches("(?i)true|yes|1")
                            ? from.minus(named)
                            : ForeignRule.shared(from, named);
                }
                case "destination" -> to = ForeignRule.printed(part.get("address"));
                case "service", "port", "protocol" -> about = Optional.of(part);
                case "accept", "reject", "drop" -> {
                    action = part.name();
                    if (part.all("limit").findAny().isPresent()) {
                        reading.left(where, rule.toString(), "its limit counts the packets of all sources together");
                        return;
                    }
                }
                case "log", "nflog", "audit" -> {} // Portero logs what it drops
                default -> {
                    reading.left(where, rule.toString(), "a policy has no " + part.name());
                    return;
                }
            }
        }
        if (action.isEmpty() || from.isEmpty()) {
            return;
        }
        if (to.isEmpty() && rule.all("destination").findAny().isPresent()) {
            reading.left(where, rule.toString(), "its destination is not an address");
            return;
        }
        var named = about.isEmpty() ? Optional.of(List.<PortRange>of()) : ports.of(where, about.get());
        if (named.isPresent()) {
            var admits = action.equals("accept");
            (admits ? admissions : refusals).add(new ForeignRule(where, admits, named.get(), from, to, on, ""));
        }
    }
}
