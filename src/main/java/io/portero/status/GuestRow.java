package io.portero.status;

import io.portero.guests.Guest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A guest in the status, the list and JSON.
 *
 * @param address an address, a network or a range
 * @param until to the second
 * @param by its owner
 * @param note the reason
 * @param inForce whether the kernel lets it in; false while its service is gone or disabled
 */
public record GuestRow(
        String address,
        String service,
        Instant until,
        long secondsLeft,
        String by,
        Optional<String> note,
        boolean inForce) {
    public static GuestRow of(Guest guest, boolean inForce, Instant now) {
        return new GuestRow(
                guest.what().toString(),
                guest.service(),
                guest.until().truncatedTo(ChronoUnit.SECONDS),
                guest.left(now).toSeconds(),
                guest.by().name(),
                Optional.of(guest.note()).filter(n -> !n.isEmpty()),
                inForce);
    }

    /** In a few words, without the time. */
    public String inWords() {
        return address + " to " + service + " by " + by
                + note.map(n -> " (" + n + ")").orElse("")
                + (inForce ? "" : ", not in force: the policy has no such service");
    }
}
