package io.portero.guests;

import io.portero.apply.Failure;
import io.portero.apply.Firewall;
import io.portero.apply.Firewall.Reading;
import io.portero.bans.Ban;
import io.portero.bans.BanMemory;
import io.portero.bans.PolicyAtHand;
import io.portero.plan.Snapshot;
import io.portero.plan.TimedMember;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.state.AuditTrail;
import io.portero.state.DiskWriter;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** Admits, ends and lists guests while no agent runs. */
public final class Guests {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Firewall firewall;
    private final StateDirectory state;
    private final PolicyAtHand policy;
    private final GuestAudit audit;
    private final Clock clock;

    public Guests(Firewall firewall, PolicyAtHand policy, Path stateDirectory, Clock clock) {
        this.firewall = firewall;
        this.state = new StateDirectory(stateDirectory);
        this.policy = policy;
        this.audit = new GuestAudit(new AuditTrail(stateDirectory), clock);
        this.clock = clock;
    }

    /**
     * A guest as it is listed.
     *
     * @param inForce whether the kernel lets it in; false if its service is gone or disabled
     */
    public record Listed(Guest guest, boolean inForce) {}

    /**
     * Carries out an order.
     *
     * @param file the policy file, for the names of the services
     * @param agentRuns asked once more under the lock
     */
    public GuestReport order(Path file, GuestOrder order, BooleanSupplier agentRuns) {
        var report = GuestMemory.locked(
                        state,
                        PATIENCE,
                        () -> agentRuns.getAsBoolean()
                                ? GuestReport.failed("the agent is starting, and nothing was done; try again")
                                : ordered(file, order))
                .orElseGet(() -> GuestReport.failed(
                        "another process holds " + state.path("guests.lock") + "; nothing was done, try again"));
        if (report.failure().isEmpty()) {
            audit.write(order, report);
        }
        return report;
    }

    private GuestReport ordered(Path file, GuestOrder order) {
        var inForce = policy.of(file);
        if (inForce.isEmpty()) {
            return GuestReport.failed(file + " is not a valid policy, and none was in force before; see portero check");
        }
        var now = clock.instant();
        var writer = DiskWriter.atOnce();
        var memory = new GuestMemory(state, writer);
        var done = new GuestWork(inForce.get(), this::ban, now).on(memory.read(), order);
        if (done.report().failure().isPresent()) {
            return done.report();
        }
        var touched = new TreeSet<>(new GuestList(done.report().guests()).services());
        touched.retainAll(GuestWork.services(inForce.get()));
        var absent =
                touched.stream().flatMap(service -> absent(service).stream()).findFirst();
        boolean lets = order instanceof GuestOrder.Allow;
        if (absent.isPresent() && lets) {
            return GuestReport.failed(absent.get().sentence());
        }
        var changes = done.next().refill(touched, now);
        var failed = absent.isPresent() || changes.isEmpty() ? Optional.<Failure>empty() : firewall.commit(changes);
        if (failed.isPresent()) {
            return GuestReport.failed(failed.get().sentence());
        }
        memory.keep(done.next());
        return done.report()
                .with(writer.takeFailures().stream()
                        .findFirst()
                        .map(why -> why + "; the access is in force, but it would be lost at a restart"));
    }

    /** nft reports a missing set with the same words as any other missing object. */
    private Optional<Failure> absent(String service) {
        return firewall.members(Guest.set(service, Family.V4)) instanceof Reading.Failed<List<TimedMember>>(var failure)
                ? Optional.of(failure)
                : Optional.empty();
    }

    private Optional<String> ban(AddressRange what) {
        return BanMemory.ofCommand(state, DiskWriter.atOnce(), clock).read().bans().covering(what.first()).stream()
                .findFirst()
                .map(Ban::clause);
    }

    /** The guests whose time is not over, in the order of services. */
    public Reading<List<Listed>> list() {
        var guests = remembered().all();
        return switch (firewall.read()) {
            case Reading.Failed<Snapshot>(Failure failure) -> new Reading.Failed<>(failure);
            case Reading.Of<Snapshot>(Snapshot table) ->
                new Reading.Of<>(
                        guests.stream().map(g -> new Listed(g, isIn(table, g))).toList());
        };
    }

    /** The same from memory alone, without a look at the kernel. */
    public GuestList remembered() {
        return new GuestMemory(state, DiskWriter.atOnce()).read().lasting(clock.instant());
    }

    private static boolean isIn(Snapshot table, Guest guest) {
        var set = table.sets().get(Guest.set(guest.service(), guest.what().family()));
        return set != null
                && AddressSet.of(guest.what())
                        .minus(AddressSet.of(
                                set.timed().stream().map(TimedMember::range).toList()))
                        .isEmpty();
    }
}
