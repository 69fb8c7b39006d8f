package io.portero.status;

import io.portero.bans.Ban;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A ban, the same wherever one is printed.
 *
 * @param address or a network, or a range
 * @param until to the second; without it, until somebody lifts it
 * @param by its owner
 * @param note what the owner says about it, or what another program wrote at it
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
