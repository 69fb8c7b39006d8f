package io.portero.cli;

import io.portero.policy.AddressSet;
import io.portero.policy.FirstFew;
import io.portero.policy.Flow;
import io.portero.policy.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** The differences between two policies, in words: who reaches what, what is enforced, and the members of groups. */
record PolicyDifference(Policy before, Policy after, List<Flow> flows) {
    private static final int SHOWN = 6;

    /** Empty if no packet is treated differently. */
    List<String> lines() {
        var lines = new ArrayList<>(new AccessReport(before, after, flows).lines());
        var names = new TreeSet<>(before.groups().keySet());
        names.addAll(after.groups().keySet());
        names.forEach(name -> lines.addAll(group(name)));
        return List.copyOf(lines);
    }

    private List<String> group(String name) {
        if (!after.groups().containsKey(name)) {
            return List.of("- group " + name + " is gone");
        }
        var members = members(after, name);
        if (!before.groups().containsKey(name)) {
            return List.of("+ group " + name + " is new: " + some(members));
        }
        return changes("group " + name + ": ", members(before, name), members);
    }

    /** Added and removed members, one line for each of the two that is not empty. */
    static List<String> changes(String group, AddressSet before, AddressSet after) {
        var lines = new ArrayList<String>();
        var joined = after.minus(before);
        var left = before.minus(after);
        if (!joined.isEmpty()) {
            lines.add("+ " + group + some(joined) + " added");
        }
        if (!left.isEmpty()) {
            lines.add("- " + group + some(left) + " removed");
        }
        return lines;
    }

    /** The members of a group; none if there is no such group. */
    static AddressSet members(Policy policy, String group) {
        var found = policy.groups().get(group);
        return found == null ? AddressSet.EMPTY : found.addresses();
    }

    static String some(AddressSet addresses) {
        return addresses.isEmpty()
                ? "nobody"
                : FirstFew.of(addresses.ranges(), SHOWN).toString();
    }
}
