package io.portero.proposal;

import io.portero.policy.PortRange;
import java.util.List;
import java.util.Optional;

/**
 * A service that would admit refused packets.
 *
 * @param extended the service of the policy that already has these ports, but does not admit these sources
 * @param group the group that it admits: an existing one, or the new one with {@code members}
 * @param members the new group; empty if an existing group contains all of them
 * @param left probable scans of the same ports
 */
public record Addition(
        String service,
        List<PortRange> ports,
        boolean management,
        Optional<Extended> extended,
        String group,
        List<Member> members,
        List<Finding> regular,
        List<Finding> left) {
    public Addition {
        ports = List.copyOf(ports);
        members = List.copyOf(members);
        regular = List.copyOf(regular);
        left = List.copyOf(left);
    }

    /**
     * An existing service of the policy.
     *
     * @param groups the groups that it admits
     */
    public record Extended(String name, boolean enabled, List<String> groups) {}

    /** A member of a group: an address, or an IPv6 network with several of the addresses. */
    public record Member(String word, int addresses, long packets, long secondsAgo) {}

    public long packets() {
        return regular.stream().mapToLong(f -> f.refused().packets()).sum();
    }

    public long sources() {
        return regular.stream().map(f -> f.refused().source()).distinct().count();
    }

    /** Too many sources for a group: the service is for everybody, or it is under attack. */
    public boolean isForMany() {
        return sources() > Suggestion.MANY;
    }
}
