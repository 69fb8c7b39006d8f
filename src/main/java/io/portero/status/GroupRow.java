package io.portero.status;

import io.portero.policy.Family;
import io.portero.policy.Group;
import java.util.List;

/**
 * A group of the policy in force.
 *
 * @param ranges the first few
 */
public record GroupRow(String name, long ipv4, long ipv6, List<String> ranges) {
    static GroupRow of(Group group, int most) {
        var addresses = group.addresses();
        return new GroupRow(
                group.name(),
                addresses.only(Family.V4).rangeCount(),
                addresses.only(Family.V6).rangeCount(),
                addresses.ranges().stream().limit(most).map(String::valueOf).toList());
    }

    public long rangeCount() {
        return ipv4 + ipv6;
    }
}
