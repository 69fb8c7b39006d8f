package io.portero.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.state.PastPolicy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The changes of a group's members, newest first. */
record GroupReport(String group, List<Entry> entries, int left) {

    private static final String TIME_OVER = "time_over";

    /**
     * A change of the group.
     *
     * @param policy the policy that was in force then
     * @param why why that policy came into force, or that the time of a member was over
     */
    record Entry(PastPolicy policy, Instant at, String why, List<String> changes, AddressSet members) {}

    static GroupReport of(PastPolicies past, String group, int limit, Instant now) throws PastPolicies.NotKept {
        var entries = new ArrayList<Entry>();
        var names = new TreeSet<String>();
        var before = AddressSet.EMPTY;
        boolean known = false;
        var all = past.required();
        for (int i = 0; i < all.size(); i++) {
            var entry = all.get(i);
            var policy = past.policy(entry);
            names.addAll(policy.groups().keySet());
            var members = PolicyDifference.members(policy, group);
            boolean here = policy.groups().containsKey(group);
            if (!members.equals(before) || here && !known) {
                entries.add(new Entry(
                        entry, entry.at(), entry.why(), changes(before, members, entries.isEmpty()), members));
            }
            known |= here;
            before = members;
            var end = i + 1 < all.size() ? all.get(i + 1).at() : now;
            for (var over : timesOver(policy, end)) {
                var left = PolicyDifference.members(policy.at(over), group);
                if (!left.equals(before)) {
                    entries.add(new Entry(entry, over, TIME_OVER, changes(before, left, false), left));
                }
                before = left;
            }
        }
        if (!known) {
            throw new PastPolicies.NotKept(
                    "no stored policy has a group \"" + group + "\"; they have " + String.join(", ", names));
        }
        var newest = entries.reversed();
        int shown = Math.min(newest.size(), Math.max(1, limit));
        return new GroupReport(group, List.copyOf(newest.subList(0, shown)), newest.size() - shown);
    }

    /** The times at which members of a policy left because their time was over, oldest first. */
    private static SortedSet<Instant> timesOver(Policy policy, Instant end) {
        var times = new TreeSet<Instant>();
        policy.temporary().forEach((member, addresses) -> {
            if (!addresses.isEmpty() && member.until().isBefore(end)) {
                times.add(member.until());
            }
        });
        return times;
    }

    private static List<String> changes(AddressSet before, AddressSet members, boolean first) {
        return first ? List.of("= " + PolicyDifference.some(members)) : PolicyDifference.changes("", before, members);
    }

    String text() {
        var text = new StringBuilder("group " + group + "\n");
        for (var entry : entries) {
            text.append(PastPolicies.time(entry.at()))
                    .append("  policy ")
                    .append(entry.policy().number())
                    .append(", ")
                    .append(entry.why().equals(TIME_OVER) ? "the time of a member was over" : entry.why())
                    .append('\n');
            entry.changes().forEach(line -> text.append("  ").append(line).append('\n'));
        }
        return text + (left == 0 ? "" : left + " more\n");
    }

    ObjectNode json() {
        var root = Json.object().put("group", group);
        var list = root.putArray("changes");
        for (var entry : entries) {
            var node = list.addObject()
                    .put("number", entry.policy().number())
                    .put("at", entry.at().toString())
                    .put("why", entry.why());
            entry.changes().forEach(node.putArray("words")::add);
            var members = node.putArray("members");
            entry.members().ranges().forEach(range -> members.add(range.toString()));
        }
        return root;
    }
}
