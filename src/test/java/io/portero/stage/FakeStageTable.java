package io.portero.stage;

import io.portero.apply.Failure;
import io.portero.apply.Firewall.Count;
import io.portero.apply.Firewall.Reading;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table of a staged policy in memory: the loaded scripts, in order. */
public final class FakeStageTable implements StageTable {
    public final List<String> loaded = new ArrayList<>();
    public boolean there;
    public Optional<Failure> failure = Optional.empty();
    public boolean broken;
    public Differences found = Differences.NONE;

    @Override
    public Optional<Failure> load(String script) {
        if (broken) {
            throw new IllegalStateException("a bug");
        }
        if (failure.isEmpty()) {
            loaded.add(script);
            there = true;
        }
        return failure;
    }

    @Override
    public Optional<Failure> clear() {
        there = false;
        return Optional.empty();
    }

    @Override
    public Reading<Boolean> isThere() {
        return new Reading.Of<>(there);
    }

    @Override
    public Map<String, Count> counters() {
        return found.counters();
    }

    @Override
    public Reading<Differences> read() {
        return new Reading.Of<>(found);
    }

    static Failure refusal() {
        return new Failure(Failure.Kind.REJECTED, "nft refused the transaction");
    }
}
