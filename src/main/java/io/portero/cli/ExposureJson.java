package io.portero.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.exposure.Exposure.Door;
import io.portero.exposure.Scope;
import java.util.Collection;
import java.util.List;

/** An exposure as JSON. */
final class ExposureJson {
    private final Exposed exposed;

    ExposureJson(Exposed exposed) {
        this.exposed = exposed;
    }

    ObjectNode json() {
        var root = Json.object().put("file", exposed.file()).put("enforced", exposed.enforced());
        exposed.notes().forEach(root.putArray("notes")::add);
        exposed.trusted().forEach(root.putArray("trusted_uplinks")::add);
        var doors = root.putArray("listeners");
        exposed.exposure().doors().forEach(d -> doors.add(json(d)));
        var idle = root.putArray("nothing_listens");
        exposed.exposure()
                .idle()
                .forEach(i -> words(
                        idle.addObject()
                                .put("service", i.service().name())
                                .put("ports", i.ports().toString()),
                        "from",
                        DoorWords.from(List.of(i.service()))));
        var known = root.putArray("names");
        exposed.names().forEach(n -> n.addTo(known.addObject()));
        var sides = root.putObject("interfaces");
        exposed.interfaces().sides().forEach((name, side) -> sides.put(name, side.word()));
        var joined = root.putArray("multicast");
        exposed.memberships()
                .forEach(m -> joined.addObject()
                        .put("interface", m.on())
                        .put("group", m.group().toString())
                        .put("name", m.name().orElse(null)));
        var counts = root.putObject("count");
        for (var scope : Scope.values()) {
            counts.put(scope.word(), exposed.exposure().count().getOrDefault(scope, 0L));
        }
        return root;
    }

    private ObjectNode json(Door door) {
        var node = Json.object()
                .put("ports", door.ports().toString())
                .put("scope", door.scope().word())
                .put("dangerous", door.isDangerous())
                .put("delicate", door.delicate().orElse(null));
        words(node, "addresses", DoorWords.addresses(door));
        words(node, "interfaces", exposed.interfaces().of(door.listeners()));
        words(node, "programs", DoorWords.programs(door));
        words(node, "leads_to", DoorWords.leadsTo(door));
        words(node, "services", DoorWords.services(door));
        words(node, "from", DoorWords.from(door.services()));
        var services = DoorWords.services(door);
        words(
                node,
                "names",
                exposed.names().stream()
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
