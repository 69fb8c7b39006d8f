package io.portero.proposal;

import io.portero.exposure.Listener;
import io.portero.policy.AddressSet;
import io.portero.policy.Explainer;
import io.portero.policy.Explanation;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.policy.Target;
import io.portero.policy.Verdict;
import io.portero.proposal.Finding.Kind;
import io.portero.telephony.ConfiguredPorts;
import io.portero.telephony.Installation;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tells regular users from scanners among refused sources.
 *
 * <p>In mode observe a connection continues as without a firewall, and each of its packets counts. A user of a service
 * sends more than two packets, while a half-open scan sends a SYN and a RST.
 */
final class Judge {
    private static final long FEW_PACKETS = 2;
    /** This number of unsuccessful ports from one source means a scan. */
    private static final int SWEEP = 3;
    /** Programs serve these by raw sockets; the kernel itself serves the other protocols without ports. */
    private static final Set<Protocol> BY_RAW_SOCKET = Set.of(Protocol.VRRP, Protocol.OSPF);

    private final Policy policy;
    private final Explainer explainer;
    private final AddressSet banned;
    private final Doors doors;
    private final List<PortRange> voice;
    private final Set<Ip> sweepers;

    Judge(
            Policy policy,
            AddressSet banned,
            List<Listener> listeners,
            List<Installation> voice,
            Collection<Refused> all) {
        this.policy = policy;
        this.explainer = new Explainer(policy);
        this.banned = banned;
        this.doors = new Doors(listeners, voice);
        this.voice = voice.stream()
                .filter(Installation::running)
                .flatMap(i -> i.ports().stream())
                .map(ConfiguredPorts::ports)
                .toList();
        this.sweepers =
                all.stream().filter(this::isInVain).collect(Collectors.groupingBy(Refused::source)).entrySet().stream()
                        .filter(e -> e.getValue().size() >= SWEEP)
                        .map(e -> e.getKey())
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isInVain(Refused refused) {
        return refused.packets() <= FEW_PACKETS || !listens(refused.port());
    }

    Finding judge(Refused refused) {
        return new Finding(refused, kind(refused));
    }

    private Kind kind(Refused refused) {
        Explanation said = explainer.explain(refused.source(), new Target.Port(refused.port()));
        if (said.verdict() == Verdict.ACCEPT) {
            return Kind.ADMITTED;
        }
        if (isElsewhere(said) || said.key().equals("deny") || banned.contains(refused.source())) {
            return Kind.ON_PURPOSE;
        }
        if (sweepers.contains(refused.source())) {
            return Kind.PROBABLE_SCAN;
        }
        if (!listens(refused.port())) {
            return Kind.NOTHING_LISTENS;
        }
        if (refused.packets() <= FEW_PACKETS) {
            return Kind.PROBABLE_SCAN;
        }
        return isDelicate(refused.port()) && isStranger(refused.source()) ? Kind.DELICATE : Kind.REGULAR;
    }

    /** A service admits the source, but not at this interface or address. */
    private static boolean isElsewhere(Explanation said) {
        return said.key().endsWith(".on") || said.key().endsWith(".to");
    }

    private boolean isStranger(Ip source) {
        return source.isPublic()
                && policy.groups().values().stream()
                        .noneMatch(g -> g.addresses().contains(source));
    }

    /** Voice sockets exist only during a call, so ports of a service or of a configured range count too. */
    private boolean listens(PortRange port) {
        if (!port.protocol().hasPorts() && !BY_RAW_SOCKET.contains(port.protocol())) {
            return true;
        }
        return doors.open().stream().anyMatch(d -> d.ports().overlaps(port))
                || Stream.concat(
                                voice.stream(),
                                policy.enabledServices().stream().flatMap(s -> s.ports().stream()))
                        .anyMatch(p -> p.contains(port));
    }

    /** A password guesser sends as many packets as a real user. */
    private boolean isDelicate(PortRange port) {
        return policy.enabledServices().stream().anyMatch(s -> s.management() && s.offers(port))
                || doors.delicate().stream().anyMatch(d -> d.ports().overlaps(port));
    }
}
