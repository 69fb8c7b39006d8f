package io.portero.policy;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rate limit of a service: a token bucket for each IPv4 address and each IPv6 /64.
 *
 * @param packets the packets that a source may send in each unit of time
 * @param burst the packets that it may send at once after a silence
 * @param ban how long a source over the limit is banned, unless the policy names it as a source of a service
 */
public record Limit(int packets, Per per, int burst, Optional<Duration> ban) {
    public static final int MOST = 1_000_000;
    /** The kernel keeps a bucket until it is full again, so the time to fill it must be bounded. */
    public static final Duration LONGEST_REFILL = Duration.ofDays(1);

    public static final Duration SHORTEST_BAN = Duration.ofSeconds(1);
    public static final Duration LONGEST_BAN = Duration.ofDays(3650);

    /** A smaller burst would drop packets that the network delivers at once. */
    private static final int LEAST_BURST = 5;

    public Limit {
        if (packets < 1 || packets > MOST || burst < 1 || burst > MOST) {
            throw new IllegalArgumentException("not a limit: " + packets + " and " + burst);
        }
    }

    /** The unit of time. */
    public enum Per {
        SECOND(Duration.ofSeconds(1)),
        MINUTE(Duration.ofMinutes(1)),
        HOUR(Duration.ofHours(1));

        private final Duration time;

        Per(Duration time) {
            this.time = time;
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The burst where a policy says none. */
    public static int usualBurst(int packets) {
        return Math.max(packets, LEAST_BURST);
    }

    /** How long a source must be silent before it may send a full burst again. */
    public Duration refill() {
        return refill(packets, per, burst);
    }

    public static Duration refill(int packets, Per per, int burst) {
        return per.time.multipliedBy(burst).dividedBy(packets);
    }

    public String rate() {
        return packets + "/" + per.word();
    }

    /** Whether it is stricter than another: lets less through, or bans where the other does not, or bans for longer. */
    public boolean isStricterThan(Limit other) {
        return perHour() < other.perHour()
                || burst < other.burst
                || ban.orElse(Duration.ZERO).compareTo(other.ban.orElse(Duration.ZERO)) > 0;
    }

    /** The order of limits: the largest is the most generous one. */
    public long perHour() {
        return packets * (Duration.ofHours(1).toSeconds() / per.time.toSeconds());
    }

    /** The limit without the ban, for sources that are never banned. */
    Limit withoutBan() {
        return new Limit(packets, per, burst, Optional.empty());
    }

    /** As a clause. */
    @Override
    public String toString() {
        return "at most " + rate() + " from each source, " + burst + " at once"
                + ban.map(time -> ", or it is banned for " + Times.print(time)).orElse("");
    }

    /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof Limit that
                        && packets == that.packets
                        && per == that.per
                        && burst == that.burst
                        && ban.equals(that.ban);
    }

    @Override
    public int hashCode() {
        return Objects.hash(packets, per, burst, ban);
    }
}
