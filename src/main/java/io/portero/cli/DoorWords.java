package io.portero.cli;

import io.portero.exposure.Exposure.Door;
import io.portero.exposure.Listener;
import io.portero.policy.AddressRange;
import io.portero.policy.Entrance;
import io.portero.policy.Reference;
import io.portero.policy.Service;
import io.portero.policy.Sources;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Describes one reachable port: what listens there, and who is admitted. */
final class DoorWords {
    private static final int WORDS_NAMED = 20;

    private DoorWords() {}

    static List<String> services(Door door) {
        return door.services().stream().map(Service::name).toList();
    }

    static Collection<String> programs(Door door) {
        return door.listeners().stream()
                .flatMap(l -> l instanceof Listener.Socket socket ? Stream.of(socket.program()) : Stream.empty())
                .filter(program -> !program.isEmpty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static Collection<String> leadsTo(Door door) {
        return door.listeners().stream()
                .flatMap(l -> l instanceof Listener.Published published ? Stream.of(published.to()) : Stream.empty())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static Collection<String> addresses(Door door) {
        return door.listeners().stream()
                .map(l -> switch (l) {
                    case Listener.Socket socket -> socket.address().toString();
                    case Listener.Published published -> published.address().toString();
                })
                .collect(Collectors.toCollection(TreeSet::new));
    }

    static List<String> from(List<Service> services) {
        return services.stream()
                .flatMap(s -> from(s.from()).map(word -> word + where(s.entrance())))
                .distinct()
                .toList();
    }

    private static Stream<String> from(Sources sources) {
        return sources.any()
                ? Stream.of("any")
                : Stream.of(
                                sources.groups().stream(),
                                sources.others().written().ranges().stream()
                                        .limit(WORDS_NAMED)
                                        .map(AddressRange::toString),
                                sources.others().referred().keySet().stream().map(Reference::toString))
                        .flatMap(words -> words);
    }

    private static String where(Entrance entrance) {
        return (entrance.on().isEmpty() ? "" : " on " + entrance.interfaces())
                + (entrance.to().isEmpty() ? "" : " at " + entrance.addresses());
    }
}
