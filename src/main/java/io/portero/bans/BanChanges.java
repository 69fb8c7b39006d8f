package io.portero.bans;

import io.portero.policy.AddressRange;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The changes of the bans since the last check.
 *
 * @param made those that were found in the kernel
 * @param lifted those that were taken out of it before their time
 * @param restored those that somebody else had taken out, or a boot, and that are back
 * @param undone those that the guard objected to and that were taken out, with the reason
 */
public record BanChanges(List<Ban> made, List<Ban> lifted, List<Ban> restored, Map<AddressRange, String> undone) {
    static final BanChanges NOTHING = new BanChanges(List.of(), List.of(), List.of(), Map.of());

    public BanChanges {
        made = List.copyOf(made);
        lifted = List.copyOf(lifted);
        restored = List.copyOf(restored);
        undone = Map.copyOf(new TreeMap<>(undone));
    }

    /** The same, but of those that were to be put back only these. */
    BanChanges restoring(Collection<Ban> inForce) {
        var there = Set.copyOf(inForce);
        return new BanChanges(
                made, lifted, restored.stream().filter(there::contains).toList(), undone);
    }

    public boolean isNothing() {
        return made.isEmpty() && lifted.isEmpty() && restored.isEmpty() && undone.isEmpty();
    }
}
