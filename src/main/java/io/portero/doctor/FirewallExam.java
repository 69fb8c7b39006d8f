package io.portero.doctor;

import io.portero.exposure.Listener;
import io.portero.policy.AddressRange;
import io.portero.policy.DenyCoverage;
import io.portero.policy.Mode;
import io.portero.policy.OutgoingNeeds;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Service;
import io.portero.policy.Uplink;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Looks for programs and settings that prevent the policy from working, and for mistakes in the policy. */
final class FirewallExam {
    private FirewallExam() {}

    static List<Finding> of(Subject subject, HostState host) {
        var found = new ArrayList<Finding>();
        if (subject.problems() > 0) {
            found.add(new PolicyFinding.PolicyRefused(subject.file(), subject.problems()));
        }
        if (subject.warnings() > 0) {
            found.add(new PolicyFinding.PolicyHasWarnings(subject.file(), subject.warnings()));
        }
        subject.inForce().filter(there -> !there).ifPresent(no -> found.add(new FirewallFinding.NotInForce()));
        host.tables()
                .death()
                .ifPresent(d -> found.add(new FirewallFinding.NftDies(d.program(), d.version(), d.signal())));
        if (host.services().flushesRuleset()) {
            found.add(new FirewallFinding.RulesetFlushed());
        }
        boolean published = !published(host).isEmpty();
        host.tables().flowtables().forEach(f -> found.add(new FirewallFinding.FlowtablePassesBy(f, published)));
        return found;
    }

    static List<Finding> of(Policy policy, HostState host) {
        var found = new ArrayList<Finding>();
        if (policy.mode() == Mode.OBSERVE) {
            found.add(new PolicyFinding.OnlyObserves());
        }
        Uplink.trusted(policy, host.surroundings())
                .forEach(u -> found.add(
                        new PolicyFinding.UplinkTrusted(u, !policy.safety().trustUplink())));
        DenyCoverage.covers(policy, members(policy), host.surroundings())
                .forEach(c -> found.add(new PolicyFinding.DenyCovers(c)));
        OutgoingNeeds.of(policy, host.surroundings().resolvers())
                .forEach(n -> found.add(new PolicyFinding.OutgoingShuts(n)));
        OutgoingNeeds.of(policy).forEach(n -> found.add(new PolicyFinding.OutgoingShuts(n)));
        nowhere(policy, host, found);
        host.tables().dropping().forEach(chain -> foreign(chain, policy, host, found));
        return found;
    }

    /** The interface or address may be added later, or it may be a typing error. */
    private static void nowhere(Policy policy, HostState host, List<Finding> found) {
        var here = host.surroundings().addresses();
        if (here.isEmpty()) {
            return;
        }
        for (var service : policy.enabledServices()) {
            var entrance = service.entrance();
            entrance.on().stream()
                    .filter(pattern -> here.keySet().stream().noneMatch(pattern::matches))
                    .forEach(p -> found.add(new PolicyFinding.Nowhere(service.onKey(), "interface", p.text())));
            entrance.to().ranges().stream()
                    .filter(range ->
                            here.values().stream().flatMap(Collection::stream).noneMatch(range::contains))
                    .forEach(r -> found.add(new PolicyFinding.Nowhere(service.toKey(), "address", r.toString())));
        }
    }

    private static SortedMap<String, Collection<AddressRange>> members(Policy policy) {
        var members = new TreeMap<String, Collection<AddressRange>>();
        for (var service : policy.enabledServices()) {
            members.put(service.fromKey(), service.from().literals().ranges());
            for (var group : service.from().groups()) {
                members.put(group, policy.group(group).addresses().ranges());
            }
        }
        return members;
    }

    private static void foreign(ForeignBaseChain chain, Policy policy, HostState host, List<Finding> found) {
        if (chain.acceptsAll()) {
            return;
        }
        var published = published(host);
        if (chain.hook().equals("forward")
                && (published.isEmpty() || !chain.accepted().isEmpty())) {
            return; // no published port passes this chain, or its program knows the published ports
        }
        var services = Ports.open(policy);
        var closed = services.stream()
                .flatMap(s -> s.ports().stream())
                .filter(p -> p.protocol() == Protocol.TCP || p.protocol() == Protocol.UDP)
                .filter(p ->
                        chain.hook().equals("forward") == published.stream().anyMatch(p::overlaps))
                .flatMap(p -> Ports.minus(p, chain.accepted()).stream())
                .toList();
        if (!closed.isEmpty()) {
            var names = services.stream()
                    .filter(s ->
                            s.ports().stream().anyMatch(p -> closed.stream().anyMatch(p::overlaps)))
                    .map(Service::name)
                    .collect(Collectors.joining(", "));
            found.add(new FirewallFinding.ForeignChainDrops(chain, PortRange.canonical(closed), names));
        }
    }

    private static List<PortRange> published(HostState host) {
        return host.listeners().stream()
                .filter(Listener.Published.class::isInstance)
                .map(Listener::ports)
                .toList();
    }
}
