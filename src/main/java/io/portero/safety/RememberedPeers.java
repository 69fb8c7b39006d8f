package io.portero.safety;

import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import io.portero.policy.Protocol;
import io.portero.state.StateDirectory;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Remembers the addresses of the operator from the last 30 days.
 *
 * <p>Each peer and port has one line in the state directory, {@code TIME ADDRESS PORT}, with {@code login} at its end if
 * it has logged in; other lines are skipped. At most 100 are kept, the latest.
 */
public final class RememberedPeers {
    private static final String FILE = "management-peers";
    private static final Duration KEPT = Duration.ofDays(30);
    /** A known peer is written again only after this time, to spare the disk. */
    private static final Duration GRAIN = Duration.ofHours(1);

    private static final int MOST = 100;

    private static final String LOGIN = " login";
    private static final Comparator<Map.Entry<String, Seen>> LATEST_FIRST =
            Comparator.comparing(e -> e.getValue().at(), Comparator.reverseOrder());

    private final StateDirectory state;
    private final Clock clock;
    private final Map<String, Seen> seen = new TreeMap<>();

    /** @param login whether it has logged in, and not only opened the port */
    private record Seen(Instant at, boolean login) {}

    public RememberedPeers(StateDirectory state, Clock clock) {
        this.state = state;
        this.clock = clock;
        state.read(FILE).ifPresent(text -> text.lines().forEach(this::remember));
    }

    private void remember(String line) {
        boolean login = line.endsWith(LOGIN);
        var words = (login ? line.substring(0, line.length() - LOGIN.length()) : line).split(" ", 2);
        try {
            if (words.length == 2 && session(words[1]).isPresent()) {
                seen.put(words[1], new Seen(Instant.parse(words[0]), login));
            }
        } catch (DateTimeParseException e) {
            // Not a line of ours.
        }
    }

    /** Records the current peers. */
    public void see(Collection<Session> sessions) {
        var now = clock.instant();
        boolean news = false;
        for (var session : sessions) {
            var key = session.peer() + " " + session.port();
            var last = seen.get(key);
            boolean login = session.login().isPresent() || last != null && last.login();
            if (last == null
                    || login != last.login()
                    || Duration.between(last.at(), now).abs().compareTo(GRAIN) > 0) {
                seen.put(key, new Seen(now, login));
                news = true;
            }
        }
        if (news) {
            seen.values().removeIf(s -> s.at().isBefore(now.minus(KEPT)));
            keepTheLatest();
            state.write(FILE, text());
        }
    }

    private void keepTheLatest() {
        seen.entrySet().stream()
                .sorted(LATEST_FIRST)
                .skip(MOST)
                .map(Map.Entry::getKey)
                .toList()
                .forEach(seen::remove);
    }

    private String text() {
        return seen.entrySet().stream()
                .sorted(LATEST_FIRST)
                .map(e -> e.getValue().at() + " " + e.getKey() + (e.getValue().login() ? LOGIN : "") + "\n")
                .collect(Collectors.joining());
    }

    /**
     * The peers of the last 30 days, as sessions that they could have. A peer that only opened the port does not count
     * any more once somebody has logged in there.
     */
    public List<Session> remembered() {
        var logins = PastLogins.of(loggedIn(), List.of());
        return lately(seen -> true).filter(logins::trustTheNameOf).toList();
    }

    /** Those of them that have logged in. */
    List<Session> loggedIn() {
        return lately(Seen::login).toList();
    }

    /** The ports at which they have. */
    List<PortRange> loginPorts() {
        return lately(Seen::login)
                .map(s -> new PortRange(Protocol.TCP, s.port(), s.port()))
                .distinct()
                .toList();
    }

    private Stream<Session> lately(Predicate<Seen> which) {
        var oldest = clock.instant().minus(KEPT);
        return seen.entrySet().stream()
                .filter(e -> e.getValue().at().isAfter(oldest) && which.test(e.getValue()))
                .map(e -> session(e.getKey()))
                .flatMap(Optional::stream);
    }

    private static Optional<Session> session(String key) {
        var words = key.split(" ");
        try {
            int port = words.length == 2 ? Integer.parseInt(words[1]) : 0;
            return port < 1 || port > 65535
                    ? Optional.empty()
                    : Optional.of(new Session(Ip.parse(words[0]), 0, port, false));
        } catch (Ip.NotAnAddress | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
