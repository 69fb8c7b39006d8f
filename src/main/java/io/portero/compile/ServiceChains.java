package io.portero.compile;

import io.portero.policy.Limit;
import io.portero.policy.Policy;
import io.portero.policy.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The chains and sets of one service: the sources that it admits, its limit, and its draining flows.
 *
 * <p>A flow can drain if it was admitted before: its first packet has passed the host's chains (confirmed). It need not
 * have been answered.
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

    /** Whether its flows drain after their source was removed. */
    static boolean drains(Service service) {
        return service.onRevoke().drains() && !service.from().any();
    }

    /**
     * Guests come after the sources of the policy, so that these pay nothing for them. The sets exist even without
     * guests: a new guest changes members only, and neither plan nor digest nor the boot script depend on it.
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

    /** The target for packets that the service admits. */
    private static String admitted(Service service) {
        var names = new ServiceNames(service.name());
        return service.limit().isPresent() ? names.limit() : names.acceptChain();
    }

    /** The rules for the sources that the service admits. */
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
