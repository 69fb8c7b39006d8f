package io.portero.proposal;

import io.portero.exposure.Exposure;
import io.portero.exposure.Exposure.Door;
import io.portero.exposure.Listener;
import io.portero.exposure.Scope;
import io.portero.policy.Mode;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Safety;
import io.portero.policy.Sources;
import io.portero.telephony.Installation;
import io.portero.telephony.Steering;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The listeners of a host that others could reach without a firewall. */
final class Doors {
    private static final Policy NONE = new Policy(
            Mode.OBSERVE,
            Collections.emptySortedMap(),
            Collections.emptySortedMap(),
            Sources.NOBODY,
            Sources.NOBODY,
            Collections.emptySortedSet(),
            List.of(),
            Safety.DEFAULT);

    private final List<Door> local;
    private final List<Door> open;

    Doors(List<Listener> listeners, List<Installation> voice) {
        var all = Exposure.of(NONE, false, listeners, Steering.of(voice)).doors().stream()
                .sorted(Comparator.comparing(Door::ports))
                .toList();
        this.local = all.stream().filter(d -> d.scope() == Scope.LOCAL).toList();
        this.open = all.stream().filter(d -> d.scope() != Scope.LOCAL).toList();
    }

    /** By port. */
    List<Door> open() {
        return open;
    }

    /** The ports that nobody outside should ever reach. */
    List<Door> delicate() {
        return open.stream().filter(d -> d.delicate().isPresent()).toList();
    }

    Optional<Door> at(Protocol protocol, int port) {
        return at(open, protocol, port);
    }

    /** The listeners there, including those for this host only. */
    Stream<Door> all(Protocol protocol, int port) {
        return Stream.of(open, local).flatMap(doors -> at(doors, protocol, port).stream());
    }

    boolean isLocal(Protocol protocol, int port) {
        return at(local, protocol, port).isPresent();
    }

    private static Optional<Door> at(List<Door> doors, Protocol protocol, int port) {
        var wanted = new PortRange(protocol, port, port);
        return doors.stream().filter(d -> d.ports().contains(wanted)).findFirst();
    }

    /** Whether a program of that name has a socket, even if only for this host. */
    boolean hasProgram(String name) {
        return Stream.concat(open.stream(), local.stream())
                .anyMatch(d -> programs(d).anyMatch(name::equals));
    }

    static Stream<String> programs(Door door) {
        return door.listeners().stream()
                .flatMap(l -> l instanceof Listener.Socket socket ? Stream.of(socket.program()) : Stream.empty())
                .filter(program -> !program.isEmpty());
    }

    /** A description for the reader. */
    static String inWords(Door door) {
        var programs = String.join(", ", programs(door).collect(Collectors.toCollection(TreeSet::new)));
        var leads = door.listeners().stream()
                .flatMap(l -> l instanceof Listener.Published published ? Stream.of(published.to()) : Stream.empty())
                .collect(Collectors.toCollection(TreeSet::new));
        return Stream.of(
                        door.delicate().orElse(""),
                        programs.equalsIgnoreCase(door.delicate().orElse("")) ? "" : programs,
                        leads.isEmpty() ? "" : "published, leads to " + String.join(", ", leads))
                .filter(s -> !s.isEmpty())
                .collect(Collectors.joining(", "));
    }
}
