package io.portero.fleet;

import io.portero.fleet.AgentView.Seen;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Reports the state of a host to the store: at once after a change, otherwise about every minute. For one thread at a
 * time.
 */
final class Reporter {
    private static final Duration EVERY = Duration.ofSeconds(60);

    private final HostSettings settings;
    private final Transport transport;
    private final FleetFiles files;
    private final Intake intake;
    private final Refusals refusals;
    private final AgentView agent;
    private final Clock clock;
    private Optional<Report> last = Optional.empty();
    private Instant next = Instant.MIN;

    /** @param status the agent's status file */
    Reporter(
            HostSettings settings,
            Transport transport,
            FleetFiles files,
            Intake intake,
            Refusals refusals,
            Path status,
            Clock clock) {
        this.settings = settings;
        this.transport = transport;
        this.files = files;
        this.intake = intake;
        this.refusals = refusals;
        this.agent = new AgentView(status);
        this.clock = clock;
    }

    void tellWhatIsNew() {
        var now = current();
        boolean isNews = last.filter(now::saysAs).isEmpty();
        if (isNews
                || clock.instant().isAfter(next)
                || next.isAfter(clock.instant().plus(EVERY.multipliedBy(2)))) {
            tell(now);
        }
    }

    void tell() {
        tell(current());
    }

    private void tell(Report report) {
        transport.report(report.json());
        last = Optional.of(report);
        next = clock.instant().plus(about(EVERY));
    }

    /** Different for each of a thousand hosts. */
    static Duration about(Duration time) {
        return time.multipliedBy(80 + ThreadLocalRandom.current().nextInt(40)).dividedBy(100);
    }

    private Report current() {
        var now = clock.instant();
        Seen seen = agent.of(files.placedAt(), now);
        var refused = refusals.standing();
        return new Report(
                settings.host(),
                settings.role(),
                intake.version(),
                refused.isPresent()
                        ? AgentView.State.REFUSED.word()
                        : seen.state().word(),
                refused.map(r -> r.why().sentence()).or(seen::why).or(() -> expired(now)),
                seen.inSync(),
                seen.state() == AgentView.State.PROBATION,
                refused.map(Refusals.Standing::version).orElse(0L),
                refusals.count(),
                now);
    }

    private Optional<String> expired(Instant now) {
        return intake.expires()
                .filter(e -> !e.isAfter(now))
                .map(e -> "version " + intake.version() + " expired at " + e + " and stays in force; sign and"
                        + " push a new one");
    }
}
