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
 * @param made bans that were found in the kernel
 * @param lifted bans that were removed from it before their end
 * @param restored bans that another program or a reboot had removed, and that were added again
 * @param undone bans that the guard objected to and that were removed, with the reason
 */
public record BanChanges(List<Ban> made, List<Ban> lifted, List<Ban> restored, Map<AddressRange, String> undone) {
    static final BanChanges NOTHING = new BanChanges(List.of(), List.of(), List.of(), Map.of());

    public BanChanges {
        made = List.copyOf(made);
        lifted = List.copyOf(lifted);
        restored = List.copyOf(restored);
        undone = Map.copyOf(new TreeMap<>(undone));
    }

    /** The same, with only these restored bans. */
    BanChanges restoring(Collection<Ban> inForce) {
        var there = Set.copyOf(inForce);
        return new BanChanges(
                made, lifted, restored.stream().filter(there::contains).toList(), undone);
    }

    public boolean isNothing() {
        return made.isEmpty() && lifted.isEmpty() && restored.isEmpty() && undone.isEmpty();
    }
}
