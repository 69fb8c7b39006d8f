package io.portero.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.exposure.Exposure;
import io.portero.exposure.Exposure.Door;
import io.portero.exposure.Exposure.Idle;
import io.portero.exposure.Interfaces;
import io.portero.exposure.Listener;
import io.portero.exposure.Membership;
import io.portero.exposure.Scope;
import io.portero.policy.AddressRange;
import io.portero.policy.PortRange;
import io.portero.policy.Reference;
import io.portero.policy.Service;
import io.portero.policy.Uplink;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An exposure for a terminal of 80 columns, and as JSON. */
final class ExposureReport {
    private static final Columns TABLE = Columns.of(Columns.whole(22), Columns.cut(26), Columns.cut(28));
    private static final int PORTS_NAMED = 2;
    private static final int WORDS_NAMED = 20;

    private final String file;
    private final Exposure exposure;
    private final List<String> notes;
    private final boolean enforced;
    private final List<String> trusted;
    private final List<AdmittedName> names;
    private final Interfaces interfaces;
    private final List<Membership> memberships;
    private final StringBuilder text = new StringBuilder();

    ExposureReport(
            String file,
            Exposure exposure,
            List<String> notes,
            boolean enforced,
            List<Uplink> trusted,
            List<AdmittedName> names,
            Interfaces interfaces,
            List<Membership> memberships) {
        this.file = file;
        this.exposure = exposure;
        this.notes = notes;
        this.enforced = enforced;
        this.trusted = trusted.stream().map(Uplink::name).toList();
        this.names = names;
        this.interfaces = interfaces;
        this.memberships = memberships;
    }

    String text() {
        notes.forEach(note -> text.append("note: ").append(note).append('\n'));
        section("DANGEROUS: open to anybody, and should not be", doors(Scope.ANY, true));
        section("open to anybody", doors(Scope.ANY, false));
        section("open to some", doors(Scope.SOME, false));
        section(
                "host names that are admitted, and who they are now",
                names.stream()
                        .flatMap(n -> Stream.of(
                                n.name() + ", for " + String.join(", ", n.services()) + ":", "  " + n.whom())));
        section("listening, and open to nobody", doors(Scope.NOBODY, false));
        section("on loopback alone, out of reach of every packet from outside", doors(Scope.LOCAL, false));
        section(
                "multicast groups that programs have joined",
                memberships.stream()
                        .map(m -> columns(
                                m.group().toString(),
                                m.name().orElse("(not known)"),
                                interfaces.inWords(List.of(m.on())))));
        section(
                "admitted by the policy, and nothing listens now",
                exposure.idle().stream().map(this::idle));
        if (text.isEmpty()) {
            text.append("nothing listens, and the policy admits nothing\n");
        }
        return text.toString().stripTrailing();
    }

    private void section(String heading, Stream<String> lines) {
        var all = lines.toList();
        if (!all.isEmpty()) {
            text.append(text.isEmpty() ? "" : "\n").append(heading).append(":\n");
            all.forEach(line -> text.append("  ").append(line.stripTrailing()).append('\n'));
        }
    }

    /** What differs by the port alone shares a line: a media server has a socket for each call. */
    private Stream<String> doors(Scope scope, boolean dangerous) {
        var alike = new LinkedHashMap<List<String>, List<PortRange>>();
        exposure.doors().stream()
                .filter(d -> d.scope() == scope && d.isDangerous() == dangerous)
                .forEach(d -> alike.computeIfAbsent(
                                List.of(d.ports().protocol().word(), what(d), who(d)), k -> new ArrayList<>())
                        .add(d.ports()));
        return alike.entrySet().stream()
                .map(e -> columns(
                        ports(e.getValue()), e.getKey().get(1), e.getKey().get(2)));
    }

    private static String columns(String ports, String what, String who) {
        return TABLE.row(ports, what, who);
    }

    private static String ports(List<PortRange> ports) {
        var protocol = ports.getFirst().protocol().word();
        if (!ports.getFirst().protocol().hasPorts()) {
            return protocol;
        }
        if (ports.size() > PORTS_NAMED) {
            return ports.getFirst().first() + ".." + ports.getLast().last() + "/" + protocol + " (" + ports.size()
                    + ")";
        }
        return ports.stream().map(p -> p.toString().split("/")[0]).collect(Collectors.joining(",")) + "/" + protocol;
    }

    private String what(Door door) {
        var programs = String.join(", ", programs(door));
        var leads = String.join(", ", leadsTo(door));
        var what = Stream.of(programs, leads.isEmpty() ? "" : "-> " + leads)
                .filter(s -> !s.isEmpty())
                .collect(Collectors.joining(" "));
        var name = door.delicate()
                .filter(d -> !what.contains(d))
                .map(d -> d + ": ")
                .orElse("");
        var on = String.join(", ", interfaces.of(door.listeners()));
        return name + (what.isEmpty() ? "(program not known)" : what) + (on.isEmpty() ? "" : " on " + on);
    }

    private String who(Door door) {
        return switch (door.scope()) {
            case NOBODY -> services(door).isEmpty() ? "no service has it" : services(door) + " admits nobody here";
            case LOCAL -> "";
            case ANY ->
                !trusted.isEmpty()
                        ? "any, over " + String.join(", ", trusted) + " (trusted)"
                        : enforced ? services(door) + ": any" : "any";
            case SOME -> services(door) + ": " + String.join(", ", from(door.services()));
        };
    }

    private static String services(Door door) {
        return door.services().stream().map(Service::name).collect(Collectors.joining(", "));
    }

    private String idle(Idle idle) {
        return columns(
                idle.ports().toString(), idle.service().name(), String.join(", ", from(List.of(idle.service()))));
    }

    private static Collection<String> programs(Door door) {
        return door.listeners().stream()
                .flatMap(l -> l instanceof Listener.Socket socket ? Stream.of(socket.program()) : Stream.empty())
                .filter(program -> !program.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Collection<String> leadsTo(Door door) {
        return door.listeners().stream()
                .flatMap(l -> l instanceof Listener.Published published ? Stream.of(published.to()) : Stream.empty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Collection<String> addresses(Door door) {
        return door.listeners().stream()
                .map(l -> switch (l) {
                    case Listener.Socket socket -> socket.address().toString();
                    case Listener.Published published -> published.address().toString();
                })
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<String> from(List<Service> services) {
        return services.stream()
                .map(Service::from)
                .flatMap(s -> s.any()
                        ? Stream.of("any")
                        : Stream.concat(
                                s.groups().stream(),
                                Stream.concat(
                                        s.others().written().ranges().stream()
                                                .limit(WORDS_NAMED)
                                                .map(AddressRange::toString),
                                        s.others().referred().keySet().stream().map(Reference::toString))))
                .distinct()
                .toList();
    }

    ObjectNode json() {
        var root = Json.object().put("file", file).put("enforced", enforced);
        notes.forEach(root.putArray("notes")::add);
        trusted.forEach(root.putArray("trusted_uplinks")::add);
        var doors = root.putArray("listeners");
        exposure.doors().forEach(d -> doors.add(json(d)));
        var idle = root.putArray("nothing_listens");
        exposure.idle()
                .forEach(i -> words(
                        idle.addObject()
                                .put("service", i.service().name())
                                .put("ports", i.ports().toString()),
                        "from",
                        from(List.of(i.service()))));
        var known = root.putArray("names");
        names.forEach(n -> n.addTo(known.addObject()));
        var sides = root.putObject("interfaces");
        interfaces.sides().forEach((name, side) -> sides.put(name, side.word()));
        var joined = root.putArray("multicast");
        memberships.forEach(m -> joined.addObject()
                .put("interface", m.on())
                .put("group", m.group().toString())
                .put("name", m.name().orElse(null)));
        var counts = root.putObject("count");
        for (var scope : Scope.values()) {
            counts.put(scope.word(), exposure.count().getOrDefault(scope, 0L));
        }
        return root;
    }

    private ObjectNode json(Door door) {
        var node = Json.object()
                .put("ports", door.ports().toString())
                .put("scope", door.scope().word())
                .put("dangerous", door.isDangerous())
                .put("delicate", door.delicate().orElse(null));
        words(node, "addresses", addresses(door));
        words(node, "interfaces", interfaces.of(door.listeners()));
        words(node, "programs", programs(door));
        words(node, "leads_to", leadsTo(door));
        words(node, "services", door.services().stream().map(Service::name).toList());
        words(node, "from", from(door.services()));
        var services = door.services().stream().map(Service::name).toList();
        words(
                node,
                "names",
                names.stream()
                        .filter(n -> n.services().stream().anyMatch(services::contains))
                        .map(AdmittedName::name)
                        .toList());
        return node;
    }

    private static void words(ObjectNode node, String name, Collection<String> words) {
        ArrayNode array = node.putArray(name);
        words.forEach(array::add);
    }
}
