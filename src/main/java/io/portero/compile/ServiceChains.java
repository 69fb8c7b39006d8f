package io.portero.compile;

import io.portero.policy.Limit;
import io.portero.policy.Policy;
import io.portero.policy.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel holds for one service: whom it admits, how much of it, and whose flows it lets go on for a while.
 *
 * <p>Such a flow was let in before: its first packet has passed the host's chains (confirmed). It need not have been answered.
 */
final class ServiceChains {
    private final SourceSets sources;
    private final LimitChains limits;

    ServiceChains(Policy policy, SourceSets sources) {
        this.sources = sources;
        this.limits = new LimitChains(policy, sources);
    }

    LimitChains limits() {
        return limits;
    }

    List<Chain> chains(Service service) {
        var chains = new ArrayList<Chain>();
        chains.add(accept(service));
        service.limit().ifPresent(limit -> chains.addAll(limits.chains(service, limit)));
        if (drains(service)) {
            chains.add(drain(service));
        }
        chains.addAll(admission(service).chains());
        chains.addAll(limits.strangers(service).chains());
        return chains;
    }

    private static Chain accept(Service service) {
        var names = new ServiceNames(service.name());
        var key = "services." + service.name();
        return Chain.of(
                names.acceptChain(),
                List.of(
                        // A flow is confirmed once its first packet has passed all of the host's chains.
                        new Rule(key, "ct status & confirmed == 0 counter name \"" + names.connections() + "\""),
                        new Rule(key, "counter name \"" + names.accepted() + "\" accept")));
    }

    /** Whether flows of it go on for a while after their source was removed. */
    static boolean drains(Service service) {
        return service.onRevoke().drains() && !service.from().any();
    }

    /**
     * Guests come after those whom the policy names, who hence pay nothing for them. The sets are there whether or not there are
     * guests: to let somebody in changes members alone, and neither plan nor digest nor the script for a boot depend on it.
     */
    private List<Rule> guests(Service service) {
        if (service.from().any()) {
            return List.of();
        }
        var names = new ServiceNames(service.name());
        sources.addTimed(names.guests(), true);
        return SourceSets.lookUp(
                "services." + service.name() + ": guests, see portero allowed",
                names.guests(),
                SourceSets.BOTH,
                "",
                "goto " + admitted(service));
    }

    private Chain drain(Service service) {
        var names = new ServiceNames(service.name());
        sources.addTimed(names.draining(), true);
        sources.addTimed(names.drainingHosts(), false);
        var rules = new ArrayList<Rule>();
        for (var set : List.of(names.drainingHosts(), names.draining())) {
            rules.addAll(SourceSets.lookUp(drainKey(service), set, SourceSets.BOTH, "", "goto " + admitted(service)));
        }
        return Chain.of(names.draining(), rules);
    }

    private static String drainKey(Service service) {
        return "services." + service.name() + ".on-revoke: " + service.onRevoke();
    }

    /** Where packets go that the service admits. */
    private static String admitted(Service service) {
        var names = new ServiceNames(service.name());
        return service.limit().isPresent() ? names.limit() : names.acceptChain();
    }

    /** Whom the service lets in where it takes packets. */
    private Gate admission(Service service) {
        var names = new ServiceNames(service.name());
        var rules = new ArrayList<>(sources.matching(
                service.fromKey(), service.from(), names.from(), SourceSets.BOTH, "", "goto " + admitted(service)));
        rules.addAll(guests(service));
        if (drains(service)) {
            rules.add(new Rule(drainKey(service), "ct status confirmed jump " + names.draining()));
        }
        return Gate.before(service, "", rules);
    }

    DispatchEntry entry(Service service) {
        var names = new ServiceNames(service.name());
        var slots = service.ports().stream()
                .map(p -> new PortSlot(p.protocol().number(), p.first(), p.last()))
                .toList();
        var otherwise = List.of(new Rule("refused", "goto " + Reason.SOURCE.chain()));
        return new DispatchEntry(
                names.chain(),
                service.limit().map(Limit::perHour).orElse(Long.MAX_VALUE),
                slots,
                admission(service).rules(),
                limits.strangers(service).rules(),
                otherwise,
                Optional.of(names.refused()));
    }
}
