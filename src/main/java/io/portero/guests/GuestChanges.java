package io.portero.guests;

import io.portero.policy.AddressRange;
import java.util.List;

/**
 * What became of guests since they were last looked at, by nobody's order.
 *
 * @param ended those whose time is over
 * @param restored what somebody else had taken out of the kernel's sets, or a restart had, and that is back
 * @param strangers what another program had put there, and that was taken out
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
