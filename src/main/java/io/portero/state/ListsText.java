package io.portero.state;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.Reference.ListFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The content of lists as text: one after the other, each after its name as the policy writes it. */
final class ListsText {
    private ListsText() {}

    static String of(Map<ListFile, AddressSet> lists) {
        var byName = new TreeMap<String, AddressSet>();
        lists.forEach((list, members) -> byName.put(list.toString(), members));
        var text = new StringBuilder();
        byName.forEach((name, members) -> {
            text.append(name).append('\n');
            members.ranges().forEach(r -> text.append(r).append('\n'));
        });
        return text.toString();
    }

    static Map<ListFile, AddressSet> parse(String text) {
        var lists = new HashMap<ListFile, AddressSet>();
        var ranges = new ArrayList<AddressRange>();
        for (var line : text.lines().toList().reversed()) {
            if (line.startsWith(ListFile.PREFIX)) {
                lists.put(new ListFile(line.substring(ListFile.PREFIX.length())), AddressSet.of(ranges));
                ranges.clear();
            } else {
                range(line).ifPresent(ranges::add);
            }
        }
        return lists;
    }

    private static Optional<AddressRange> range(String line) {
        try {
            return Optional.of(AddressRange.parse(line));
        } catch (Ip.NotAnAddress e) {
            return Optional.empty(); // not a line of ours
        }
    }
}
