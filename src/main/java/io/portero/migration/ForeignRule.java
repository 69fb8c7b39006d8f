package io.portero.migration;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import java.util.List;
import java.util.Optional;

/**
 * One rule of another firewall for incoming packets, in the terms of a policy.
 *
 * @param where file and line, or chain
 * @param admits or refuses
 * @param ports nothing for all
 * @param to addresses of this host; nothing for all
 * @param on interfaces; nothing for all
 * @param note its comment
 */
record ForeignRule(
        String where,
        boolean admits,
        List<PortRange> ports,
        AddressSet from,
        List<String> to,
        List<String> on,
        String note) {
    static final AddressSet ALL_V4 = AddressSet.of(AddressRange.everything(Family.V4));
    static final AddressSet ALL_V6 = AddressSet.of(AddressRange.everything(Family.V6));
    static final AddressSet ANYBODY = ALL_V4.union(ALL_V6);

    ForeignRule {
        ports = PortRange.canonical(ports);
        to = List.copyOf(to);
        on = List.copyOf(on);
    }

    /** For at least one address family. */
    boolean isAboutEverybody() {
        return ALL_V4.minus(from).isEmpty() || ALL_V6.minus(from).isEmpty();
    }

    /** Whether it applies to every address and interface of this host. */
    boolean isEverywhere() {
        return to.isEmpty() && on.isEmpty();
    }

    boolean isAboutEverything() {
        return ports.isEmpty();
    }

    boolean sharesSourcesWith(ForeignRule other) {
        return !shared(from, other.from).isEmpty();
    }

    static AddressSet shared(AddressSet one, AddressSet other) {
        return one.minus(one.minus(other));
    }

    /** As a policy writes it. */
    static List<String> printed(String word) {
        return addresses(word).stream()
                .flatMap(a -> a.ranges().stream())
                .map(AddressRange::toString)
                .toList();
    }

    /** Nothing if the text is no address, range or network. */
    static Optional<AddressSet> addresses(String word) {
        try {
            return Optional.of(AddressSet.of(AddressRange.parse(word)));
        } catch (Ip.NotAnAddress e) {
            return Optional.empty();
        }
    }
}
