package io.portero.http;

import io.portero.compile.ServiceNames;
import io.portero.http.StatusView.Cell;
import io.portero.http.StatusView.ServiceLine;
import io.portero.status.GroupRow;
import io.portero.status.ServiceRow;
import io.portero.status.StatusDocument;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The matrix of groups and services: which group reaches which service, and the packet rate. */
final class ReachMatrix {
    private static final int COLUMNS = 8;

    private final StatusDocument status;
    private final Traffic traffic;
    private final Set<String> groups;
    private final List<String> columns;

    ReachMatrix(StatusDocument status, Traffic traffic) {
        this.status = status;
        this.traffic = traffic;
        this.groups = status.groups().stream().map(GroupRow::name).collect(Collectors.toSet());
        this.columns = columns(status, groups);
    }

    /** Groups that some service admits come first: they are what the matrix is about. */
    private static List<String> columns(StatusDocument status, Set<String> groups) {
        var named = status.services().stream().flatMap(s -> s.from().stream()).collect(Collectors.toSet());
        return groups.stream()
                .sorted(Comparator.comparing((String g) -> !named.contains(g)).thenComparing(Comparator.naturalOrder()))
                .limit(COLUMNS)
                .toList();
    }

    List<String> columns() {
        return columns;
    }

    int moreColumns() {
        return groups.size() - columns.size();
    }

    ServiceLine line(ServiceRow service) {
        var name = service.name();
        var counters = new ServiceNames(name);
        boolean any = service.admitsAnybody();
        var parts = status.reachability().getOrDefault(name, Map.of());
        var cells = new ArrayList<Cell>();
        cells.add(cell(service.enabled() && any ? "all" : "none", "anybody"));
        columns.forEach(group -> cells.add(cell(parts.getOrDefault(group, "none"), group)));
        var others = Words.some(others(service));
        return new ServiceLine(
                name,
                String.join(", ", service.ports()),
                others,
                (any ? "anybody" : who(parts, others))
                        + service.limit().map(limit -> ", " + limit).orElse(""),
                service.enabled(),
                service.management(),
                cells,
                traffic.flow(counters.accepted(), service.accepted()),
                traffic.flow(counters.refused(), service.refused()),
                traffic.runs(counters.refused()));
    }

    /** No group name looks like an address. */
    private List<String> others(ServiceRow service) {
        return service.from().stream()
                .filter(f -> !f.equals("any") && !groups.contains(f))
                .toList();
    }

    private static String who(Map<String, String> parts, String others) {
        var reaching = Words.some(parts.entrySet().stream()
                .filter(e -> !e.getValue().equals("none"))
                .map(e -> e.getValue().equals("some") ? "some of " + e.getKey() : e.getKey())
                .toList());
        var who = Stream.of(reaching, others).filter(w -> !w.isEmpty()).collect(Collectors.joining(", "));
        return who.isEmpty() ? "nobody" : who;
    }

    private static Cell cell(String part, String who) {
        var can = switch (part) {
            case "all" -> ": can";
            case "some" -> ": some can";
            default -> ": cannot";
        };
        return new Cell(part, who + can);
    }
}
