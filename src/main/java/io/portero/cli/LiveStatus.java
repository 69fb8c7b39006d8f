package io.portero.cli;

import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.ServiceNames;
import io.portero.safety.HostView;
import io.portero.stage.StageTable;
import io.portero.state.CounterMemory;
import io.portero.status.DroppedSources;
import io.portero.status.RefusedDestinations;
import io.portero.status.ServiceRow;
import io.portero.status.StagedDifferences;
import io.portero.status.StatusDocument;
import io.portero.status.StatusDocument.RateRow;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The status that the agent has written, updated with the kernel's current counters.
 *
 * <p>The file is as old as the last change; if permitted, this class reads the counters from the kernel. From the
 * second reading it also knows their rates. It reads the dropped sources at most every 10 seconds.
 */
final class LiveStatus {
    private static final double SECOND = 1e9;

    private final Firewall firewall;
    private final Path runDirectory;
    private final LongSupplier nanoTime;
    private final DroppedSources dropped;
    private final StagedDifferences staged;
    private final RefusedDestinations destinations;
    private Optional<Sample> last = Optional.empty();

    LiveStatus(Firewall firewall, StageTable stage, HostView host, Path runDirectory, LongSupplier nanoTime) {
        this.firewall = firewall;
        this.runDirectory = runDirectory;
        this.nanoTime = nanoTime;
        this.dropped = new DroppedSources(firewall, nanoTime);
        this.staged = new StagedDifferences(stage, nanoTime);
        this.destinations = new RefusedDestinations(firewall, host, nanoTime);
    }

    private record Sample(long at, Map<String, Count> shown) {}

    RunningAgent.Found read() {
        return switch (new RunningAgent(runDirectory).find()) {
            case RunningAgent.Found.Not not -> not;
            case RunningAgent.Found.Running(StatusDocument written) -> new RunningAgent.Found.Running(counted(written));
        };
    }

    private StatusDocument counted(StatusDocument written) {
        if (!(firewall.counters() instanceof Reading.Of<Map<String, Count>>(Map<String, Count> shown))) {
            return written;
        }
        var now = new Sample(nanoTime.getAsLong(), shown);
        var before = last;
        last = Optional.of(now);
        var status = written.withCounters(CounterMemory.in(runDirectory).totals(shown))
                .withDropped(dropped.latest(written.isObserving()))
                .withStaged(staged::latest)
                .withDestinations(destinations::latest);
        return before.map(b -> status.withRates(rates(status, b, now))).orElse(status);
    }

    private static Map<String, RateRow> rates(StatusDocument status, Sample before, Sample now) {
        var rates = new LinkedHashMap<String, RateRow>();
        for (ServiceRow service : status.services()) {
            var names = new ServiceNames(service.name());
            rates.put(
                    service.name(),
                    new RateRow(rate(before, now, names.accepted()), rate(before, now, names.refused())));
        }
        return rates;
    }

    private static double rate(Sample before, Sample now, String name) {
        long more = now.shown().getOrDefault(name, Count.ZERO).packets()
                - before.shown().getOrDefault(name, Count.ZERO).packets();
        return Math.max(0, more) * SECOND / Math.max(1, now.at() - before.at());
    }
}
