package io.portero.policy;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How much each source may send to a service: a token bucket for each IPv4 address and each IPv6 /64.
 *
 * @param packets that a source may send in each unit of time
 * @param burst that it may send at once after a silence
 * @param ban how long a source that exceeds it is shut out, unless the policy names it as a source of a service
 */
public record Limit(int packets, Per per, int burst, Optional<Duration> ban) {
    public static final int MOST = 1_000_000;
    /** A bucket is remembered until it is full again, so the time that takes must be bounded. */
    public static final Duration LONGEST_REFILL = Duration.ofDays(1);

    public static final Duration SHORTEST_BAN = Duration.ofSeconds(1);
    public static final Duration LONGEST_BAN = Duration.ofDays(3650);

    /** Fewer would drop packets that the network delivers in one go. */
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

    /** How long a source must be silent until it may send a whole burst again. */
    public Duration refill() {
        return refill(packets, per, burst);
    }

    public static Duration refill(int packets, Per per, int burst) {
        return per.time.multipliedBy(burst).dividedBy(packets);
    }

    public String rate() {
        return packets + "/" + per.word();
    }

    /** Whether it lets less through than another, or bans where that one does not, or for longer. */
    public boolean isStricterThan(Limit other) {
        return perHour() < other.perHour()
                || burst < other.burst
                || ban.orElse(Duration.ZERO).compareTo(other.ban.orElse(Duration.ZERO)) > 0;
    }

    /** For the order of limits: the largest is the most generous one. */
    public long perHour() {
        return packets * (Duration.ofHours(1).toSeconds() / per.time.toSeconds());
    }

    /** As it is for those who are never banned. */
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
