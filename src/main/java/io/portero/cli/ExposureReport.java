package io.portero.cli;

import io.portero.exposure.Exposure.Door;
import io.portero.exposure.Exposure.Idle;
import io.portero.exposure.Scope;
import io.portero.policy.PortRange;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An exposure as text for a terminal of 80 columns. */
final class ExposureReport {
    private static final Columns TABLE = Columns.of(Columns.whole(22), Columns.cut(26), Columns.cut(28));
    private static final int PORTS_NAMED = 2;

    private final Exposed exposed;
    private final StringBuilder text = new StringBuilder();

    ExposureReport(Exposed exposed) {
        this.exposed = exposed;
    }

    String text() {
        exposed.notes().forEach(note -> text.append("note: ").append(note).append('\n'));
        section("DANGEROUS: open to everybody, and should not be", doors(Scope.ANY, true));
        section("open to everybody", doors(Scope.ANY, false));
        section("open to some", doors(Scope.SOME, false));
        section(
                "admitted host names, and their addresses now",
                exposed.names().stream()
                        .flatMap(n -> Stream.of(
                                n.name() + ", for " + String.join(", ", n.services()) + ":", "  " + n.whom())));
        section("listening, but open to nobody", doors(Scope.NOBODY, false));
        section("on loopback only, not reachable from outside", doors(Scope.LOCAL, false));
        section(
                "multicast groups that programs have joined",
                exposed.memberships().stream()
                        .map(m -> columns(
                                m.group().toString(),
                                m.name().orElse("(not known)"),
                                exposed.interfaces().inWords(List.of(m.on())))));
        section(
                "admitted by the policy, but nothing listens now",
                exposed.exposure().idle().stream().map(this::idle));
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

    /** Puts doors that differ only by port on one line: a media server has one socket for each call. */
    private Stream<String> doors(Scope scope, boolean dangerous) {
        var alike = new LinkedHashMap<List<String>, List<PortRange>>();
        exposed.exposure().doors().stream()
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
        var programs = String.join(", ", DoorWords.programs(door));
        var leads = String.join(", ", DoorWords.leadsTo(door));
        var what = Stream.of(programs, leads.isEmpty() ? "" : "-> " + leads)
                .filter(s -> !s.isEmpty())
                .collect(Collectors.joining(" "));
        var name = door.delicate()
                .filter(d -> !what.contains(d))
                .map(d -> d + ": ")
                .orElse("");
        var on = String.join(", ", exposed.interfaces().of(door.listeners()));
        return name + (what.isEmpty() ? "(program not known)" : what) + (on.isEmpty() ? "" : " on " + on);
    }

    private String who(Door door) {
        return switch (door.scope()) {
            case NOBODY ->
                door.services().isEmpty()
                        ? "no service has it"
                        : String.join(", ", DoorWords.services(door)) + " admits nobody here";
            case LOCAL -> "";
            case ANY ->
                !exposed.trusted().isEmpty()
                        ? "any, over " + String.join(", ", exposed.trusted()) + " (trusted)"
                        : exposed.enforced() ? String.join(", ", DoorWords.services(door)) + ": any" : "any";
            case SOME ->
                String.join(", ", DoorWords.services(door)) + ": " + String.join(", ", DoorWords.from(door.services()));
        };
    }

    private String idle(Idle idle) {
        return columns(
                idle.ports().toString(),
                idle.service().name(),
                String.join(", ", DoorWords.from(List.of(idle.service()))));
    }
}
