package io.portero.status;

import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.NamedSet.Seen;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.safety.HostView;
import io.portero.status.OutgoingRow.Destination;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The destinations of dropped outgoing packets, and who sent them. Read from the kernel on demand, at most once in
 * {@value #FRESH_SECONDS} seconds.
 *
 * <p>The kernel remembers the user; the program is found by its socket, while that is open and this process may see its
 * owner.
 */
public final class RefusedDestinations {
    private static final int FRESH_SECONDS = 10;
    private static final Comparator<DroppedSource> BUSIEST = Comparator.comparingLong(
                    (DroppedSource k) -> k.count().packets())
            .reversed()
            .thenComparing(DroppedSource::ago);

    private final Firewall firewall;
    private final HostView host;
    private final LongSupplier nanoTime;
    private List<Destination> last = List.of();
    private long readAt;

    public RefusedDestinations(Firewall firewall, HostView host, LongSupplier nanoTime) {
        this.firewall = firewall;
        this.host = host;
        this.nanoTime = nanoTime;
        this.readAt = nanoTime.getAsLong() - Duration.ofSeconds(FRESH_SECONDS).toNanos();
    }

    /** The busiest first; empty if the kernel cannot be read. */
    public synchronized List<Destination> latest() {
        if (nanoTime.getAsLong() - readAt >= Duration.ofSeconds(FRESH_SECONDS).toNanos()) {
            last = read();
            readAt = nanoTime.getAsLong();
        }
        return last;
    }

    private List<Destination> read() {
        var refused = Stream.concat(all(Seen::destinations), all(Seen::destinationProtocols))
                .sorted(BUSIEST)
                .toList();
        if (refused.isEmpty()) {
            return List.of();
        }
        var users = all(Seen::users).toList();
        var sockets = host.departing();
        return refused.stream()
                .map(d -> Destination.of(d, users(users, d), programs(sockets, d.source(), d.wanted())))
                .toList();
    }

    private Stream<DroppedSource> all(Function<Family, Seen> sets) {
        return Stream.of(Family.values())
                .map(sets)
                .flatMap(set -> firewall.dropped(set) instanceof Reading.Of<List<DroppedSource>>(var dropped)
                        ? dropped.stream()
                        : Stream.empty());
    }

    private List<String> users(List<DroppedSource> users, DroppedSource to) {
        return users.stream()
                .filter(u -> u.source().equals(to.source()) && u.wanted().equals(to.wanted()))
                .flatMap(u -> u.user().stream())
                .distinct()
                .map(host::userName)
                .sorted()
                .toList();
    }

    private static List<String> programs(List<HostView.Departing> sockets, Ip to, Optional<PortRange> port) {
        return sockets.stream()
                .filter(s -> s.to().equals(to) && Optional.of(s.port()).equals(port))
                .map(HostView.Departing::program)
                .distinct()
                .sorted()
                .toList();
    }
}
