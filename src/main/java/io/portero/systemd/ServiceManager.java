package io.portero.systemd;

import io.portero.apply.Outcome;
import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.exec.Command;
import io.portero.exec.CommandRunner;
import io.portero.loop.Heartbeat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Reports the agent's state to systemd (sd_notify(3)) with the program {@code systemd-notify}, because the JDK has no
 * Unix datagram sockets. So the unit needs {@code NotifyAccess=all}: the child process cannot send in the agent's name,
 * which needs CAP_SYS_ADMIN.
 *
 * <p>Libraries that have such sockets (Netty's epoll transport, junixsocket) are native code for each architecture,
 * which they unpack into a temporary directory and load from there. That is not worth it for one datagram in 30
 * seconds: this process would have to execute code from a directory that it can write to. The child takes about 8
 * milliseconds.
 *
 * <p>READY when a policy is in force, RELOADING while one is read again, STATUS in words, WATCHDOG with every beat of
 * the loop. Without systemd nothing is started. Failures of systemd-notify are ignored.
 */
public final class ServiceManager implements ReconcileListener, Heartbeat {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    /** The number of beats within the watchdog's interval. */
    private static final int BEATS = 3;

    private final boolean present;
    private final Optional<Duration> beat;
    private final CommandRunner runner;
    private final Executor executor;
    private boolean ready;
    private boolean reloading;
    private String told = "";
    private long lastBeat = System.nanoTime();

    /** @param executor runs one task after the other; the firewall does not wait for it */
    public ServiceManager(Map<String, String> environment, CommandRunner runner, Executor executor) {
        this.present = environment.containsKey("NOTIFY_SOCKET");
        this.beat =
                present ? watchdog(environment.get("WATCHDOG_USEC")).map(d -> d.dividedBy(BEATS)) : Optional.empty();
        this.runner = runner;
        this.executor = executor;
    }

    private static Optional<Duration> watchdog(@Nullable String microseconds) {
        try {
            return Optional.ofNullable(microseconds)
                    .map(Long::parseLong)
                    .filter(us -> us > 0)
                    .map(us -> Duration.ofNanos(us * 1000));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<Duration> every() {
        return beat;
    }

    @Override
    public synchronized void beat() {
        long now = System.nanoTime();
        if (beat.isPresent() && now - lastBeat >= beat.get().toNanos() / 2) {
            lastBeat = now;
            tell("WATCHDOG=1");
        }
    }

    /** To be called before the policy is read again on request. */
    public synchronized void reloading() {
        if (ready) {
            reloading = true;
            tell("RELOADING=1", "STATUS=reading the policy file again");
        }
    }

    @Override
    public synchronized void on(Event event, Status now) {
        var words = new ArrayList<String>();
        if (isInForce(event, now) && (!ready || reloading)) {
            ready = true;
            reloading = false;
            words.add("READY=1");
        }
        var status = inWords(now);
        if (!status.equals(told) || !words.isEmpty()) {
            told = status;
            words.add("STATUS=" + status);
            tell(words.toArray(String[]::new));
        }
    }

    private static boolean isInForce(Event event, Status now) {
        return event instanceof Event.TableKept
                || event instanceof Event.PolicyRefused && now.policy().isPresent()
                || event instanceof Event.ApplyEnded ended && !(ended.outcome() instanceof Outcome.Failed);
    }

    private static String inWords(Status now) {
        var policy = now.policy()
                .map(p -> switch (p.origin()) {
                    case FILE -> "the policy is in force";
                    case LAST_GOOD -> "the last confirmed policy is in force";
                    case FALLBACK -> "no policy: the host is closed except for ssh";
                })
                .orElse("no policy is in force yet");
        var words = new ArrayList<>(List.of(policy));
        if (!now.inSync()) {
            words.add("NOT IN SYNC");
        }
        if (now.probationUntil().isPresent()) {
            words.add("on probation: log in again or run portero confirm");
        }
        if (!now.file().lastReloadSuccessful() && !now.file().problems().isEmpty()) {
            words.add("the file is refused: see portero check");
        }
        now.contention().ifPresent(program -> words.add(program + " keeps changing Portero's table"));
        return String.join("; ", words);
    }

    /** To be called when the agent is about to end. */
    public synchronized void stopping() {
        tell("STOPPING=1", "STATUS=stopping; the rules stay in force");
    }

    private void tell(String... words) {
        if (!present) {
            return;
        }
        var all = new ArrayList<>(List.of("systemd-notify"));
        all.addAll(List.of(words));
        executor.execute(() -> runner.run(new Command(all, "", TIMEOUT)));
    }
}
