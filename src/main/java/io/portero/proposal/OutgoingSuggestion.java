package io.portero.proposal;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.policy.OutgoingExplainer;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import io.portero.proposal.Addition.Member;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The additions to {@code outgoing} that would let dropped packets of this host and its containers leave.
 *
 * <p>Ports to which the same destinations were refused make one service. What {@code outgoing.refuse} names is refused
 * on purpose, and is not suggested.
 *
 * @param additions sorted by port
 * @param onPurpose what is refused on purpose, the busiest first
 */
public record OutgoingSuggestion(List<Admission> additions, List<Refused> onPurpose) {
    private static final Map<Integer, String> KNOWN = Map.ofEntries(
            Map.entry(22, "ssh"),
            Map.entry(25, "smtp"),
            Map.entry(53, "dns"),
            Map.entry(80, "http"),
            Map.entry(123, "ntp"),
            Map.entry(443, "https"),
            Map.entry(465, "smtp"),
            Map.entry(514, "syslog"),
            Map.entry(587, "smtp"),
            Map.entry(853, "dns"),
            Map.entry(5060, "sip"),
            Map.entry(5061, "sip"));

    public OutgoingSuggestion {
        additions = List.copyOf(additions);
        onPurpose = List.copyOf(onPurpose);
    }

    /**
     * A service of {@code outgoing}.
     *
     * @param group the destination group: an existing one, or the new one with {@code members}
     * @param members the new group; empty if an existing group contains all of them
     */
    public record Admission(
            String service, List<PortRange> ports, String group, List<Member> members, List<Refused> refused) {
        public Admission {
            ports = List.copyOf(ports);
            members = List.copyOf(members);
            refused = List.copyOf(refused);
        }

        public long packets() {
            return refused.stream().mapToLong(Refused::packets).sum();
        }

        public long destinations() {
            return refused.stream().map(Refused::source).distinct().count();
        }

        /** Too many destinations for a group: the service is for everybody, or this host is misused. */
        public boolean isForMany() {
            return destinations() > Suggestion.MANY;
        }
    }

    /**
     * @param takenGroups names that new groups must not have
     * @param refused by destination
     */
    public static OutgoingSuggestion of(Policy policy, Collection<String> takenGroups, List<Refused> refused) {
        var explainer = new OutgoingExplainer(policy);
        var onPurpose = new ArrayList<Refused>();
        var byPort = new TreeMap<PortRange, TreeMap<Ip, Refused>>();
        for (var each : refused) {
            var said = explainer.explain(each.source(), new Target.Port(each.port()), Optional.empty());
            if (said.key().startsWith("outgoing.refuse.")) {
                onPurpose.add(each);
            } else if (said.verdict() == Verdict.DROP) {
                byPort.computeIfAbsent(each.port(), p -> new TreeMap<>()).put(each.source(), each);
            }
        }
        onPurpose.sort(Suggestion.BUSIEST);
        return new OutgoingSuggestion(new Namer(policy, takenGroups).additions(byPort), onPurpose);
    }

    /** The additions that take effect when pasted. */
    public List<Admission> active() {
        return additions.stream().filter(a -> !a.isForMany()).toList();
    }

    /** The additions that need a decision by a person. */
    public List<Admission> forMany() {
        return additions.stream().filter(Admission::isForMany).toList();
    }

    public boolean isEmpty() {
        return additions.isEmpty() && onPurpose.isEmpty();
    }

    /** Chooses names for services and groups. */
    private static final class Namer {
        private final Policy policy;
        private final ServiceNaming services;
        private final ServiceNaming groups;

        Namer(Policy policy, Collection<String> takenGroups) {
            this.policy = policy;
            var outgoing = policy.outgoing();
            var taken = new TreeSet<>(outgoing.services().keySet());
            taken.addAll(outgoing.refuse().keySet());
            this.services = new ServiceNaming(taken);
            var all = new TreeSet<>(policy.groups().keySet());
            all.addAll(takenGroups);
            this.groups = new ServiceNaming(all);
        }

        List<Admission> additions(TreeMap<PortRange, TreeMap<Ip, Refused>> byPort) {
            var byDestinations = new LinkedHashMap<Set<Ip>, List<Map.Entry<PortRange, TreeMap<Ip, Refused>>>>();
            byPort.entrySet()
                    .forEach(port -> byDestinations
                            .computeIfAbsent(Set.copyOf(port.getValue().keySet()), to -> new ArrayList<>())
                            .add(port));
            return byDestinations.values().stream()
                    .map(ports -> admission(
                            ports.stream().map(Map.Entry::getKey).toList(),
                            ports.stream()
                                    .flatMap(p -> p.getValue().values().stream())
                                    .toList()))
                    .toList();
        }

        private Admission admission(List<PortRange> ports, List<Refused> refused) {
            var service = services.unique("to-" + word(ports.getFirst()));
            var known = policy.groups().values().stream()
                    .filter(g -> refused.stream().allMatch(r -> g.addresses().contains(r.source())))
                    .findFirst();
            return known.map(g -> new Admission(service, ports, g.name(), List.of(), refused))
                    .orElseGet(() -> new Admission(
                            service,
                            ports,
                            groups.unique(service.substring("to-".length())),
                            members(refused),
                            refused));
        }

        private static String word(PortRange port) {
            var protocol = port.protocol();
            if (!protocol.hasPorts()) {
                return protocol.word();
            }
            return KNOWN.getOrDefault(
                    port.first(), (protocol == Protocol.TCP ? "port-" : protocol.word() + "-") + port.first());
        }

        private static List<Member> members(List<Refused> refused) {
            return refused.stream()
                    .map(Refused::source)
                    .distinct()
                    .sorted()
                    .map(ip -> member(ip, refused))
                    .toList();
        }

        private static Member member(Ip ip, List<Refused> refused) {
            var its = refused.stream().filter(r -> r.source().equals(ip)).toList();
            return new Member(
                    AddressRange.of(ip).toString(),
                    1,
                    its.stream().mapToLong(Refused::packets).sum(),
                    its.stream().mapToLong(r -> r.ago().toSeconds()).min().orElse(0));
        }
    }

    /** The members of a new group. */
    Stream<Admission> withGroups() {
        return active().stream().filter(a -> !a.members().isEmpty());
    }
}
