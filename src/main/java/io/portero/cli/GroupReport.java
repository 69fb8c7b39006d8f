package io.portero.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.portero.policy.AddressSet;
import io.portero.state.PastPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** When the members of a group came and went, newest first. */
record GroupReport(String group, List<Entry> entries, int left) {

    /** A policy that changed the group. */
    record Entry(PastPolicy policy, List<String> changes, AddressSet members) {}

    static GroupReport of(PastPolicies past, String group, int limit) throws PastPolicies.NotKept {
        var entries = new ArrayList<Entry>();
        var names = new TreeSet<String>();
        var before = AddressSet.EMPTY;
        boolean known = false;
        for (var entry : past.required()) {
            var policy = past.policy(entry);
            names.addAll(policy.groups().keySet());
            var members = PolicyDifference.members(policy, group);
            boolean here = policy.groups().containsKey(group);
            if (!members.equals(before) || here && !known) {
                entries.add(new Entry(entry, changes(before, members, entries.isEmpty()), members));
            }
            known |= here;
            before = members;
        }
        if (!known) {
            throw new PastPolicies.NotKept(
                    "no stored policy has a group \"" + group + "\"; they have " + String.join(", ", names));
        }
        var newest = entries.reversed();
        int shown = Math.min(newest.size(), Math.max(1, limit));
        return new GroupReport(group, List.copyOf(newest.subList(0, shown)), newest.size() - shown);
    }

    private static List<String> changes(AddressSet before, AddressSet members, boolean first) {
        return first ? List.of("= " + PolicyDifference.some(members)) : PolicyDifference.changes("", before, members);
    }

    String text() {
        var text = new StringBuilder("group " + group + "\n");
        for (var entry : entries) {
            text.append(PastPolicies.time(entry.policy().at()))
                    .append("  policy ")
                    .append(entry.policy().number())
                    .append(", ")
                    .append(entry.policy().why())
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
                    .put("at", entry.policy().at().toString())
                    .put("why", entry.policy().why());
            entry.changes().forEach(node.putArray("words")::add);
            var members = node.putArray("members");
            entry.members().ranges().forEach(range -> members.add(range.toString()));
        }
        return root;
    }
}
