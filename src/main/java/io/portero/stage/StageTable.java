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
    /** Where no policy is ever staged. */
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
     * What the table has seen; nothing where there is none.
     *
     * @param counters by name
     * @param sources whose packets were on either side
     */
    record Differences(Map<String, Count> counters, List<Source> sources) {
        public static final Differences NONE = new Differences(Map.of(), List.of());

        public Differences {
            counters = Map.copyOf(counters);
            sources = List.copyOf(sources);
        }
    }

    /** Somebody on whose packets for a service the policies differ. */
    record Source(StageChange change, String service, DroppedSource what) {}

    /** One transaction; the reason where the kernel has not taken it, as a whole. */
    Optional<Failure> load(String script);

    /** Takes the table away, if it is there. */
    Optional<Failure> clear();

    Reading<Boolean> isThere();

    /** The counters, by name; none, without a look at the kernel, where this process has put no table there. */
    Map<String, Count> counters();

    Reading<Differences> read();
}
