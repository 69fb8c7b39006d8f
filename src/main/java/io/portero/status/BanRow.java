package io.portero.status;

import io.portero.bans.Ban;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A ban in the status, the list and JSON.
 *
 * @param address an address, a network or a range
 * @param until to the second; absent if it lasts until it is lifted
 * @param by its owner
 * @param note the note of its owner, or the comment of another program
 */
public record BanRow(
        String address, Optional<Instant> until, Optional<Long> secondsLeft, String by, Optional<String> note) {
    public static BanRow of(Ban ban, Instant now) {
        return new BanRow(
                ban.what().toString(),
                ban.until().map(u -> u.truncatedTo(ChronoUnit.SECONDS)),
                ban.left(now).map(Duration::toSeconds),
                ban.by().name(),
                Optional.of(ban.note()).filter(n -> !n.isEmpty()));
    }
}
