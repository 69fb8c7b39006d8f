package io.portero.stage;

import io.portero.apply.DroppedSource;
import io.portero.apply.Failure;
import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import io.portero.compile.StageChange;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The port to the table of a staged policy, {@code inet portero_staged}, and to nothing else in the kernel. */
public interface StageTable {
    /** For use without stages. */
    StageTable NONE = new StageTable() {
        @Override
        public Optional<Failure> load(String script) {
            return Optional.of(new Failure(Failure.Kind.NO_KERNEL_SUPPORT, "this nft or kernel cannot stage a policy"));
        }

        @Override
        public Optional<Failure> clear() {
            return Optional.empty();
        }

        @Override
        public Reading<Boolean> isThere() {
            return new Reading.Of<>(false);
        }

        @Override
        public Map<String, Count> counters() {
            return Map.of();
        }

        @Override
        public Reading<Differences> read() {
            return new Reading.Of<>(Differences.NONE);
        }
    };

    /**
     * What the table has counted; nothing if it does not exist.
     *
     * @param counters by name
     * @param sources the sources of the packets that differ
     */
    record Differences(Map<String, Count> counters, List<Source> sources) {
        public static final Differences NONE = new Differences(Map.of(), List.of());

        public Differences {
            counters = Map.copyOf(counters);
            sources = List.copyOf(sources);
        }
    }

    /** A source whose packets to a service have different verdicts. */
    record Source(StageChange change, String service, DroppedSource what) {}

    /** Loads one transaction; returns the reason if the kernel has refused it. */
    Optional<Failure> load(String script);

    /** Removes the table, if it exists. */
    Optional<Failure> clear();

    Reading<Boolean> isThere();

    /** The counters, by name; empty, without a look at the kernel, if this process has loaded no table. */
    Map<String, Count> counters();

    Reading<Differences> read();
}
