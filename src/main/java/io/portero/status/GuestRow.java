package io.portero.status;

import io.portero.guests.Guest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A guest, the same wherever one is printed.
 *
 * @param address or a network, or a range
 * @param until to the second
 * @param by who let it in
 * @param note why
 * @param inForce whether the kernel lets it in; not while its service is gone or disabled
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

    /** In a few words, the time left aside. */
    public String inWords() {
        return address + " to " + service + " by " + by
                + note.map(n -> " (" + n + ")").orElse("")
                + (inForce ? "" : ", not in force: the policy has no such service");
    }
}
