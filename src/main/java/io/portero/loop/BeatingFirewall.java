package io.portero.loop;

import io.portero.apply.DroppedSource;
import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.compile.NamedSet;
import io.portero.plan.IntervalSets;
import io.portero.plan.Snapshot;
import io.portero.plan.Statement;
import io.portero.plan.TimedMember;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A firewall for the loop's thread that sends a heartbeat after every call. */
public final class BeatingFirewall implements Firewall {
    private final Firewall firewall;
    private final Heartbeat heart;

    public BeatingFirewall(Firewall firewall, Heartbeat heart) {
        this.firewall = firewall;
        this.heart = heart;
    }

    private <T> T beaten(T result) {
        heart.beat();
        return result;
    }

    @Override
    public Reading<Snapshot> read() {
        return beaten(firewall.read());
    }

    @Override
    public Optional<Failure> commit(List<? extends Statement> transaction) {
        return beaten(firewall.commit(transaction));
    }

    @Override
    public Optional<Failure> remove() {
        return beaten(firewall.remove());
    }

    @Override
    public IntervalSets intervalSets() {
        return firewall.intervalSets();
    }

    @Override
    public Reading<Map<String, Count>> counters() {
        return beaten(firewall.counters());
    }

    @Override
    public Reading<List<TimedMember>> members(String set) {
        return beaten(firewall.members(set));
    }

    @Override
    public Reading<List<DroppedSource>> dropped(NamedSet.Seen set) {
        return beaten(firewall.dropped(set));
    }
}
