package io.portero.state;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Ip;
import io.portero.policy.Reference.ListFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Keeps the last policy that was confirmed: its YAML, what the lists that it names held then, and a plain nft script.
 *
 * <p>The lists stand one below the other, each headed by its name as the policy writes it. The script needs neither the agent nor a resolver: {@code nft -f} loads it at boot. The YAML is what an agent with a
 * refused or missing file goes back to.
 */
public final class LastGood {
    public static final String POLICY = "last-good.yaml";
    public static final String LISTS = "last-good.lists";
    public static final String SCRIPT = "last-good.nft";

    private final StateDirectory state;

    public LastGood(StateDirectory state) {
        this.state = state;
    }

    /** The reason when it could not be kept. */
    public Optional<String> keep(String policy, Map<ListFile, AddressSet> lists, String script) {
        return write(LISTS, text(lists)).or(() -> write(POLICY, policy)).or(() -> write(SCRIPT, script));
    }

    private Optional<String> write(String name, String content) {
        return state.read(name).orElse("").equals(content) ? Optional.empty() : state.write(name, content);
    }

    private static String text(Map<ListFile, AddressSet> lists) {
        var text = new StringBuilder();
        lists.forEach((list, members) -> {
            text.append(list).append('\n');
            members.ranges().forEach(r -> text.append(r).append('\n'));
        });
        return text.toString();
    }

    public Optional<String> policy() {
        return state.read(POLICY);
    }

    /** What the lists of that policy held. */
    public Map<ListFile, AddressSet> lists() {
        var lists = new HashMap<ListFile, AddressSet>();
        var ranges = new ArrayList<AddressRange>();
        var lines = state.read(LISTS).orElse("").lines().toList();
        for (var line : lines.reversed()) {
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
