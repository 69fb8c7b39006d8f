package io.portero.fleet;

import io.portero.status.History;
import io.portero.status.StatusDocument;
import io.portero.status.StatusJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Reads from the agent's status file whether the agent has accepted the new policy. */
final class AgentView {
    private static final long MOST_BYTES = 64L * 1024 * 1024;
    /** A running agent reads a new file within seconds. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private final Path file;
    private Instant modified = Instant.MIN;
    private Optional<StatusDocument> last = Optional.empty();

    /** @param file the agent's, in its run directory */
    AgentView(Path file) {
        this.file = file;
    }

    /**
     * The state of the agent.
     *
     * @param why a sentence about a problem
     */
    record Seen(State state, Optional<String> why, boolean inSync) {}

    /** The outcome of a policy. */
    enum State {
        /** The agent has not read it yet. */
        WRITTEN,
        APPLIED,
        PROBATION,
        REFUSED,
        ROLLED_BACK,
        /** No agent runs. */
        AGENT_AWAY;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param written when the policy was put in place */
    Seen of(Instant written, Instant now) {
        read();
        if (last.isEmpty()) {
            return new Seen(State.AGENT_AWAY, Optional.of("no agent is running on this host"), false);
        }
        var status = last.get();
        var rollback = since(status, written, "rollback");
        if (rollback.isPresent()) {
            return new Seen(State.ROLLED_BACK, rollback.map(History.Entry::what), status.inSync());
        }
        var refused = since(status, written, "refused");
        if (!status.policy().lastReloadSuccessful() && refused.isPresent()) {
            return new Seen(State.REFUSED, refused.map(History.Entry::what), status.inSync());
        }
        if (status.probation().isPresent()) {
            return new Seen(State.PROBATION, Optional.empty(), status.inSync());
        }
        boolean reloaded = status.policy()
                .lastReloadSuccess()
                .filter(at -> !at.isBefore(written))
                .isPresent();
        if (reloaded && status.policy().lastReloadSuccessful()) {
            return new Seen(State.APPLIED, status.lastError(), status.inSync());
        }
        if (Duration.between(written, now).compareTo(PATIENCE) > 0) {
            return status.policy().lastReloadSuccessful()
                    ? new Seen(State.AGENT_AWAY, Optional.of("the agent has not read the new policy"), status.inSync())
                    : new Seen(State.REFUSED, problem(status), status.inSync());
        }
        return new Seen(State.WRITTEN, Optional.empty(), status.inSync());
    }

    private static Optional<History.Entry> since(StatusDocument status, Instant written, String kind) {
        return status.history().stream()
                .filter(e -> !e.at().isBefore(written) && e.kind().equals(kind))
                .findFirst();
    }

    private static Optional<String> problem(StatusDocument status) {
        return status.policy().problems().stream()
                .findFirst()
                .map(p -> p.key() + ": " + p.sentence())
                .or(status::lastError);
    }

    /** Read again only after the file has changed. */
    private void read() {
        try {
            var now = Files.getLastModifiedTime(file).toInstant();
            if (now.equals(modified)) {
                return;
            }
            if (Files.size(file) <= MOST_BYTES) {
                last = StatusJson.read(Files.readString(file));
                modified = now;
            }
        } catch (IOException e) {
            last = Optional.empty();
            modified = Instant.MIN;
        }
    }
}
