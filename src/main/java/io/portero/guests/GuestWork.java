package io.portero.guests;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.FirstFew;
import io.portero.policy.Policy;
import io.portero.policy.Service;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Computes what an order changes under a policy. */
final class GuestWork {
    private final Policy policy;
    private final Function<AddressRange, Optional<String>> bans;
    private final Instant now;

    /** @param bans tells who bans a part of a range and for how long, as a clause */
    GuestWork(Policy policy, Function<AddressRange, Optional<String>> bans, Instant now) {
        this.policy = policy;
        this.bans = bans;
        this.now = now;
    }

    /** @param next the guests to remember from now on */
    record Done(GuestList next, GuestReport report) {}

    Done on(GuestList known, GuestOrder order) {
        return switch (order) {
            case GuestOrder.Allow allow ->
                objection(allow)
                        .map(why -> new Done(known, GuestReport.failed(why)))
                        .orElseGet(() -> allow(known, allow));
            case GuestOrder.End end -> end(known, end);
        };
    }

    private Done allow(GuestList known, GuestOrder.Allow order) {
        var guest = new Guest(
                order.service(),
                order.what(),
                order.by(),
                now.plus(order.lasting()).truncatedTo(ChronoUnit.SECONDS),
                order.note());
        return new Done(known.with(guest), new GuestReport(List.of(guest), Optional.empty(), remarks(order)));
    }

    private static Done end(GuestList known, GuestOrder.End order) {
        var ended = known.without(g -> !order.concerns(g));
        return new Done(known.without(order::concerns), new GuestReport(ended.all(), Optional.empty(), List.of()));
    }

    private Optional<String> objection(GuestOrder.Allow order) {
        var service = policy.services().get(order.service());
        if (service == null) {
            return Optional.of("the policy in force has no service " + order.service() + "; the services are "
                    + FirstFew.of(List.copyOf(policy.services().keySet()), 8));
        }
        if (!service.enabled()) {
            return Optional.of(service.name() + " is disabled, so nobody can reach it; set services." + service.name()
                    + ".enabled: true first");
        }
        return service.from().any()
                ? Optional.of(service.name() + " admits everybody, so it has no guests; nothing was done")
                : Optional.empty();
    }

    private List<String> remarks(GuestOrder.Allow order) {
        var remarks = new ArrayList<String>();
        if (meet(policy.deny().addresses(policy.groups()), order.what())) {
            remarks.add("deny names " + order.what()
                    + " or a part of it, and deny is stronger than this access: remove it from the denied groups");
        }
        bans.apply(order.what())
                .ifPresent(ban -> remarks.add(ban + ", and a ban is stronger than this access: portero unban"));
        Optional.ofNullable(policy.services().get(order.service()))
                .filter(s -> AddressSet.of(order.what()).minus(admitted(s)).isEmpty())
                .ifPresent(s ->
                        remarks.add("the policy admits it to " + s.name() + " anyway, so this access has no effect"));
        return remarks;
    }

    private AddressSet admitted(Service service) {
        return service.from().addresses(policy.groups());
    }

    private static boolean meet(AddressSet addresses, AddressRange what) {
        var all = AddressSet.of(what);
        return !all.minus(addresses).equals(all);
    }

    /** The services that have sets of guests in the kernel under a policy. */
    static List<String> services(Policy policy) {
        return policy.enabledServices().stream()
                .filter(s -> !s.from().any())
                .map(Service::name)
                .toList();
    }
}
