package io.portero.safety;

import io.portero.policy.Policy;
import io.portero.safety.Session.Connection;
import io.portero.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Owns the probation: a policy in force that is not confirmed yet.
 *
 * <p>While one is pending, and after it was rejected, the state directory holds the digest of the file that it came
 * from. A restart finds it there and goes back to the last confirmed policy; the same file is not tried again. Time is
 * measured by the monotonic clock.
 */
public final class Probation {
    private static final System.Logger LOG = System.getLogger(Probation.class.getName());
    private static final String UNCONFIRMED = "unconfirmed";

    /** The files in the run directory by which an operator ends it. */
    public static final String CONFIRM = "confirm";

    public static final String ROLLBACK = "rollback";

    /**
     * How long an apply waits for its mark to reach the disk. Then it goes on without the mark, and reports that. After
     * a kill the agent would then treat the file as a new edit, which starts another probation, and never as confirmed.
     */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final int SHARE = 50;
    /** A question that takes no longer may be asked at every check, several times a second. */
    private static final Duration CHEAP = Duration.ofMillis(5);

    private final StateDirectory state;
    private final Path runDirectory;
    private final Rejections rejections;
    private final LongSupplier nanoTime;
    private @Nullable Pending pending;
    private long nextLook;

    public Probation(StateDirectory state, Path runDirectory, Clock clock, LongSupplier nanoTime) {
        this.state = state;
        this.runDirectory = runDirectory;
        this.rejections = new Rejections(state, clock);
        this.nanoTime = nanoTime;
    }

    /**
     * @param tunnels a new login through one of them confirms
     * @param logins the logins at its beginning
     * @param known who had logged in before it began
     */
    private record Pending(
            String candidate,
            long deadline,
            Set<String> tunnels,
            Set<Connection> before,
            Set<String> logins,
            PastLogins known) {}

    /** How a probation ends. */
    public enum End {
        CONFIRMED_BY_COMMAND,
        CONFIRMED_BY_CONNECTION,
        /** Another policy without probation has replaced it. */
        SUPERSEDED,
        EXPIRED,
        ROLLED_BACK_BY_COMMAND;

        public boolean isConfirmed() {
            return this == CONFIRMED_BY_COMMAND || this == CONFIRMED_BY_CONNECTION || this == SUPERSEDED;
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Marks the file as unconfirmed; to be called before its policy is applied. Returns the reason if that failed. */
    public Optional<String> announce(String candidate) {
        return state.write(UNCONFIRMED, candidate + "\n").or(() -> state.settle(PATIENCE));
    }

    /** Withdraws the mark of a policy that could not be applied. */
    public void withdraw() {
        if (pending == null) {
            state.delete(UNCONFIRMED);
        } else {
            announce(pending.candidate());
        }
    }

    /** Whether this file's policy is on probation. */
    public boolean isPending(String candidate) {
        return pending != null && pending.candidate().equals(candidate);
    }

    /**
     * Starts the clock.
     *
     * @param tunnels the tunnels for whose sake it begins, so that a new login through one of them proves that it works,
     * even if it is trusted
     * @param before all existing sessions at management ports, which prove nothing
     * @param known who has logged in before; where others log in, a new connection of somebody else proves nothing
     */
    public void begin(
            String candidate, Duration within, Set<String> tunnels, Collection<Session> before, PastLogins known) {
        take(CONFIRM);
        take(ROLLBACK);
        nextLook = nanoTime.getAsLong();
        pending = new Pending(
                candidate,
                nanoTime.getAsLong() + within.toNanos(),
                Set.copyOf(tunnels),
                before.stream().map(Session::connection).collect(Collectors.toSet()),
                before.stream().flatMap(s -> s.logins().stream()).collect(Collectors.toSet()),
                known);
    }

    public boolean isPending() {
        return pending != null;
    }

    /** The time left, not below zero; none when nothing is pending. */
    public Optional<Duration> left() {
        return pending == null
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(Math.max(0, pending.deadline() - nanoTime.getAsLong())));
    }

    /** Whether a file was rejected, or was left unconfirmed by a killed agent. */
    public boolean isRejected(Supplier<String> file) {
        var left = unconfirmed();
        if (left.isEmpty() && rejections.isEmpty()) {
            return false;
        }
        var candidate = file.get();
        return (pending == null || !pending.candidate().equals(candidate))
                && (left.filter(candidate::equals).isPresent() || rejections.contains(candidate));
    }

    private Optional<String> unconfirmed() {
        return state.read(UNCONFIRMED).map(String::strip);
    }

    /**
     * Whether it is over, and how.
     *
     * @param sessions lists all sessions at management ports; called so rarely that it takes at most 1/{@value #SHARE}
     * of the time, and once more before the end
     * @param policy the policy in force
     */
    public Optional<End> check(Supplier<Collection<Session>> sessions, Policy policy) {
        if (pending == null) {
            return Optional.empty();
        }
        if (take(ROLLBACK)) {
            return Optional.of(End.ROLLED_BACK_BY_COMMAND);
        }
        if (take(CONFIRM)) {
            return Optional.of(End.CONFIRMED_BY_COMMAND);
        }
        var on = pending;
        long start = nanoTime.getAsLong();
        boolean expired = start - on.deadline() >= 0;
        if (expired || start - nextLook >= 0) {
            var now = expired ? anyOf(sessions) : sessions.get();
            nextLook = nextLook(start, nanoTime.getAsLong());
            if (now.stream().anyMatch(s -> isNewWayIn(on, policy, s))) {
                return Optional.of(End.CONFIRMED_BY_CONNECTION);
            }
        }
        return expired ? Optional.of(End.EXPIRED) : Optional.empty();
    }

    /** None if they cannot be read: that must not keep a policy in force beyond its time. */
    private static Collection<Session> anyOf(Supplier<Collection<Session>> sessions) {
        try {
            return sessions.get();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the sessions could not be read because of a bug", e);
            return List.of();
        }
    }

    private static long nextLook(long start, long end) {
        return end - start < CHEAP.toNanos() ? end : end + SHARE * (end - start);
    }

    /** A new connection since the start, with a new login, or from a source that the policy admits by name. */
    private static boolean isNewWayIn(Pending pending, Policy policy, Session session) {
        if (pending.before().contains(session.connection())) {
            return false;
        }
        boolean loggedIn =
                session.logins().stream().anyMatch(l -> !pending.logins().contains(l));
        return WayIn.isJudged(policy, session) && (loggedIn || WayIn.isKnownByName(policy, session, pending.known()))
                || loggedIn && session.via().filter(pending.tunnels()::contains).isPresent();
    }

    /** Confirms the policy: no file is marked as unconfirmed any more. */
    public void confirmed() {
        pending = null;
        state.delete(UNCONFIRMED);
    }

    /** Rejects the policy: the file is not tried again for 30 days. */
    public void rejected() {
        unconfirmed().ifPresent(rejections::add);
        pending = null;
    }

    /** Whether the file existed; removes it. */
    private boolean take(String name) {
        try {
            return Files.deleteIfExists(runDirectory.resolve(name));
        } catch (IOException e) {
            return false;
        }
    }
}
