package io.portero.proposal;

import io.portero.policy.PortRange;
import java.util.List;
import java.util.Optional;

/**
 * A service that would admit what was refused.
 *
 * @param extended the service of the policy that has these ports already, and does not admit these sources
 * @param group whom it admits: a group of the policy, or the one that {@code members} make
 * @param members the new group; empty where the policy has a group that names all of them
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
     * A service that the policy has.
     *
     * @param groups those that it admits
     */
    public record Extended(String name, boolean enabled, List<String> groups) {}

    /** One line of a group: an address, or a network of IPv6 that several addresses are of. */
    public record Member(String word, int addresses, long packets, long secondsAgo) {}

    public long packets() {
        return regular.stream().mapToLong(f -> f.refused().packets()).sum();
    }

    public long sources() {
        return regular.stream().map(f -> f.refused().source()).distinct().count();
    }

    /** More than can be friends: it is for everybody, or it is being guessed at. */
    public boolean isForMany() {
        return sources() > Suggestion.MANY;
    }
}
