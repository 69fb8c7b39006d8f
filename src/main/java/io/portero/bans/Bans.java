package io.portero.bans;

import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.bans.BanMemory.Remembered;
import io.portero.config.Outside;
import io.portero.config.PolicyReader;
import io.portero.plan.Snapshot;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.Family;
import io.portero.safety.HostView;
import io.portero.safety.RememberedPeers;
import io.portero.state.AuditTrail;
import io.portero.state.DiskWriter;
import io.portero.state.LastGood;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * Makes, lifts and lists bans while no agent runs; an order is one change of the kernel, however many targets it names.
 */
public final class Bans {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Firewall firewall;
    private final StateDirectory state;
    private final BanGuard guard;
    private final BanAudit audit;
    private final PolicyAtHand policy;
    private final Clock clock;

    /** @param names the last known addresses of host names */
    public Bans(
            Firewall firewall,
            HostView host,
            PolicyReader reader,
            Outside.Names names,
            Path stateDirectory,
            Clock clock) {
        this.firewall = firewall;
        this.state = new StateDirectory(stateDirectory);
        this.guard = new BanGuard(host, new RememberedPeers(state, clock));
        this.audit = new BanAudit(new AuditTrail(stateDirectory), clock);
        this.policy = new PolicyAtHand(reader, new LastGood(state), names);
        this.clock = clock;
    }

    /**
     * Carries out an order.
     *
     * @param file the policy, which says which sources are spared
     * @param agentRuns asked once more under the lock
     */
    public BanReport order(Path file, BanOrder order, BooleanSupplier agentRuns) {
        Function<AddressRange, Optional<String>> objection = policy.of(file)
                .map(p -> guard.under(p))
                .<Function<AddressRange, Optional<String>>>map(h -> h::objection)
                .orElse(what -> Optional.empty());
        var report = BanMemory.locked(
                        state,
                        PATIENCE,
                        () -> agentRuns.getAsBoolean()
                                ? BanReport.failed("the agent is starting, and nothing was done; try again")
                                : ordered(order, objection))
                .orElseGet(() -> BanReport.failed(
                        "another process holds " + state.path("bans.lock") + "; nothing was done, try again"));
        audit.write(order, report);
        return report;
    }

    private BanReport ordered(BanOrder order, Function<AddressRange, Optional<String>> objection) {
        var writer = DiskWriter.atOnce();
        var memory = BanMemory.ofCommand(state, writer, clock);
        var now = clock.instant();
        var known = withFound(memory.read(), families(order), now);
        var done = new BanWork(firewall, objection, memory::isOverLately, now, false).on(known, order);
        memory.keep(done.next());
        return done.report()
                .with(writer.takeFailures().stream()
                        .findFirst()
                        .map(why -> why + "; the ban is in force, but it would be lost at a boot"));
    }

    private static Collection<Family> families(BanOrder order) {
        return switch (order) {
            case BanOrder.Make make ->
                new TreeSet<>(make.wanted().stream().map(w -> w.what().family()).toList());
            case BanOrder.Lift lift ->
                lift.what()
                        .<Collection<Family>>map(all -> new TreeSet<>(
                                all.stream().map(AddressRange::family).toList()))
                        .orElse(List.of(Family.values()));
        };
    }

    /** Finds bans that other programs added to the kernel's sets while no agent ran. */
    private Remembered withFound(Remembered known, Collection<Family> families, Instant now) {
        var found = new ArrayList<Ban>();
        for (var family : families) {
            if (firewall.members(Ban.hosts(family)) instanceof Reading.Of<List<TimedMember>>(var members)) {
                members.stream()
                        .filter(m -> known.bans().of(m.range()).isEmpty())
                        .filter(m -> !known.lifted().contains(m.range()))
                        .map(m -> Ban.found(m, now))
                        .forEach(found::add);
            }
        }
        return new Remembered(known.bans().with(found), known.lifted(), known.rebooted());
    }

    /** The bans in the kernel, with all their owners, in the order of addresses; the longest of each comes first. */
    public Reading<List<Ban>> list() {
        var now = clock.instant();
        var known =
                BanMemory.ofCommand(state, DiskWriter.atOnce(), clock).read().bans();
        return switch (firewall.read()) {
            case Reading.Failed<Snapshot>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Of<Snapshot>(Snapshot table)
            when !table.sets().containsKey(Ban.hosts(Family.V4)) -> new Reading.Failed<>(absent());
            case Reading.Of<Snapshot>(Snapshot table) -> new Reading.Of<>(listed(table, known, now));
        };
    }

    private Failure absent() {
        return firewall.members(Ban.hosts(Family.V4)) instanceof Reading.Failed<List<TimedMember>>(Failure failure)
                ? failure
                : new Failure(Failure.Kind.REJECTED, "the table was replaced at this moment; try again");
    }

    private static List<Ban> listed(Snapshot table, BanList known, Instant now) {
        var bans = new ArrayList<>(LimitBans.of(table, now));
        for (var family : Family.values()) {
            members(table, Ban.hosts(family)).forEach(m -> bans.addAll(owners(known, Ban.found(m, now))));
            bans.addAll(networks(known, members(table, Ban.networks(family)), family, now));
        }
        return BanList.of(bans).all().toList();
    }

    private static List<TimedMember> members(Snapshot table, String name) {
        var set = table.sets().get(name);
        return set == null ? List.of() : set.timed();
    }

    private static List<Ban> owners(BanList known, Ban found) {
        var owners = known.of(found.what());
        return !owners.isEmpty() && Pieces.isSame(owners.getFirst(), found) ? owners : List.of(found);
    }

    /** The kernel holds networks in pieces; pieces without a stored ban are listed as they are. */
    private static List<Ban> networks(BanList known, List<TimedMember> pieces, Family family, Instant now) {
        var all = known.all()
                .filter(b -> !b.isHost() && b.what().family() == family)
                .toList();
        return Pieces.of(known.longestNetworks(family)).isHeld(pieces, now)
                ? all
                : pieces.stream().map(m -> Ban.found(m, now)).toList();
    }
}
