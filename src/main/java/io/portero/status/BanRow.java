package io.portero.status;

import io.portero.bans.Ban;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A ban, the same wherever one is printed.
 *
 * @param until to the second; without it, until somebody lifts it
 */
public record BanRow(String address, Optional<Instant> until, Optional<Long> secondsLeft, String by) {
    public static BanRow of(Ban ban, Instant now) {
        return new BanRow(
                ban.address().toString(),
                ban.until().map(u -> u.truncatedTo(ChronoUnit.SECONDS)),
                ban.left(now).map(Duration::toSeconds),
                ban.by());
    }
}
