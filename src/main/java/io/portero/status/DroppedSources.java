package io.portero.status;

import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.NamedSet;
import io.portero.policy.Family;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * The recently dropped sources, read from the kernel on demand, at most once in {@value #FRESH_SECONDS} seconds.
 *
 * <p>Costs two calls of nft, and four more while nothing is dropped.
 */
public final class DroppedSources {
    private static final int FRESH_SECONDS = 10;
    private static final Comparator<DroppedSource> BUSIEST = Comparator.comparingLong(
                    (DroppedSource k) -> k.count().packets())
            .reversed()
            .thenComparing(DroppedSource::ago);

    private final Firewall firewall;
    private final LongSupplier nanoTime;
    private Report last = Report.NONE;
    private long readAt;

    public DroppedSources(Firewall firewall, LongSupplier nanoTime) {
        this.firewall = firewall;
        this.nanoTime = nanoTime;
        this.readAt = nanoTime.getAsLong() - Duration.ofSeconds(FRESH_SECONDS).toNanos();
    }

    /**
     * The busiest first.
     *
     * @param sources of the last hour
     * @param flows of the last day, by destination port; only in mode observe
     */
    public record Report(List<DroppedSource> sources, List<DroppedSource> flows) {
        public static final Report NONE = new Report(List.of(), List.of());

        public Report {
            sources = sources.stream().sorted(BUSIEST).toList();
            flows = flows.stream().sorted(BUSIEST).toList();
        }
    }

    /** @param observing whether nothing is dropped */
    public synchronized Report latest(boolean observing) {
        if (nanoTime.getAsLong() - readAt >= Duration.ofSeconds(FRESH_SECONDS).toNanos()) {
            last = read(firewall, observing);
            readAt = nanoTime.getAsLong();
        }
        return last;
    }

    /** Reads now; empty if the kernel cannot be read. */
    public static Report read(Firewall firewall, boolean observing) {
        return new Report(
                all(firewall, Stream.of(Family.values()).map(NamedSet.Seen::sources)),
                all(
                        firewall,
                        Stream.of(Family.values())
                                .filter(f -> observing)
                                .flatMap(f -> Stream.of(NamedSet.Seen.flows(f), NamedSet.Seen.protocols(f)))));
    }

    private static List<DroppedSource> all(Firewall firewall, Stream<NamedSet.Seen> sets) {
        return sets.flatMap(set ->
                        firewall.dropped(set) instanceof Reading.Of<List<DroppedSource>>(List<DroppedSource> dropped)
                                ? dropped.stream()
                                : Stream.empty())
                .toList();
    }
}
