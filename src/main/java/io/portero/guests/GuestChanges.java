package io.portero.guests;

import io.portero.policy.AddressRange;
import java.util.List;

/**
 * The changes of guests since the last look that no order caused.
 *
 * @param ended guests whose time is over
 * @param restored members that another program or a restart had removed from the kernel's sets, and that were added
 * again
 * @param strangers members that another program had added, and that were removed
 */
public record GuestChanges(List<Guest> ended, List<AddressRange> restored, List<AddressRange> strangers) {
    static final GuestChanges NOTHING = new GuestChanges(List.of(), List.of(), List.of());

    public GuestChanges {
        ended = List.copyOf(ended);
        restored = List.copyOf(restored);
        strangers = List.copyOf(strangers);
    }

    public boolean isNothing() {
        return ended.isEmpty() && restored.isEmpty() && strangers.isEmpty();
    }
}
