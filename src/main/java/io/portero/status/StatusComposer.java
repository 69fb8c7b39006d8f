package io.portero.status;

import io.portero.bans.Ban;
import io.portero.events.Status;
import io.portero.exposure.Reachability;
import io.portero.guests.Guest;
import io.portero.policy.Policy;
import io.portero.status.StatusDocument.AgentRow;
import io.portero.status.StatusDocument.MetricsRow;
import io.portero.status.StatusDocument.PolicyRow;
import io.portero.status.StatusDocument.ProbationRow;
import io.portero.status.StatusDocument.UplinkRow;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Makes the status document from the state of the loop and other facts. */
public final class StatusComposer {
    private static final int SHOWN = 20;
    private static final Counted<DroppedRow> NOBODY = new Counted<>(0, List.of());

    private final AgentRow agent;
    private final Facts facts;
    private final Supplier<List<History.Entry>> history;
    private final Clock clock;
    private volatile Judged judged = new Judged(Optional.empty(), Map.of());

    /** @param history the latest events, newest first */
    public StatusComposer(
            String version, String runtime, Facts facts, Supplier<List<History.Entry>> history, Clock clock) {
        this.agent = new AgentRow(ProcessHandle.current().pid(), version, runtime);
        this.facts = facts;
        this.history = history;
        this.clock = clock;
    }

    /** Who reaches what under a policy, computed once for each policy. */
    private record Judged(Optional<Policy> policy, Map<String, Map<String, String>> reachability) {}

    public StatusDocument of(Status status) {
        var inForce = status.policy().map(Status.InForce::policy);
        var now = clock.instant();
        var document = new StatusDocument(
                status.inSync(),
                status.since(),
                policy(status),
                status.probationUntil().map(until -> probation(until, now)),
                status.lastError(),
                inForce.map(p -> services(p, status.observed().draining())).orElse(List.of()),
                inForce.map(StatusComposer::groups).orElse(List.of()),
                reachability(inForce),
                facts.names().get().stream().map(n -> NameRow.of(n, SHOWN)).toList(),
                inForce.map(p -> ListRows.of(
                                p, facts.lists().get(), status.file().problems(), now))
                        .orElse(List.of()),
                Map.of(),
                bans(status.bans(), now),
                guests(status.guests(), inForce, now),
                status.drifts().stream().map(DriftRow::of).toList(),
                status.contention(),
                status.observed().trusted().stream()
                        .map(u -> new UplinkRow(u.name(), u.danger()))
                        .toList(),
                facts.hearing().getAsBoolean(),
                facts.nft().get(),
                List.copyOf(facts.remarks().get()),
                facts.unwritten().getAsLong(),
                NOBODY,
                Optional.empty(),
                status.observed().staged().map(s -> StagedRow.of(s, now)),
                history.get(),
                metrics(status),
                agent,
                Optional.empty(),
                inForce.flatMap(p -> OutgoingRow.of(p.outgoing())));
        return document.withCounters(facts.counters().get())
                .withDropped(facts.dropped().apply(document.isObserving()))
                .withStaged(facts.staged())
                .withDestinations(facts.destinations());
    }

    private static PolicyRow policy(Status status) {
        var file = status.file();
        return new PolicyRow(
                file.path(),
                status.policy().map(p -> p.origin().word()),
                status.policy().map(Status.InForce::digest),
                status.policy().map(p -> p.policy().mode().word()),
                file.lastReloadSuccessful(),
                file.reloaded(),
                file.problems());
    }

    private static ProbationRow probation(Instant until, Instant now) {
        return new ProbationRow(until, Math.max(0, Duration.between(now, until).toSeconds()));
    }

    private static List<ServiceRow> services(Policy policy, Map<String, Integer> draining) {
        return policy.services().values().stream()
                .map(service -> ServiceRow.of(service, draining.getOrDefault(service.name(), 0)))
                .toList();
    }

    private static List<GroupRow> groups(Policy policy) {
        return policy.groups().values().stream()
                .map(group -> GroupRow.of(group, SHOWN))
                .toList();
    }

    @SuppressWarnings("ReferenceEquality")
    private Map<String, Map<String, String>> reachability(Optional<Policy> policy) {
        var last = judged;
        if (last.policy().orElse(null) != policy.orElse(null)) {
            last = new Judged(policy, policy.map(StatusComposer::reachability).orElse(Map.of()));
            judged = last;
        }
        return last.reachability();
    }

    private static Map<String, Map<String, String>> reachability(Policy policy) {
        var all = new LinkedHashMap<String, Map<String, String>>();
        Reachability.of(policy).byService().forEach((service, groups) -> {
            var row = new LinkedHashMap<String, String>();
            groups.forEach((group, part) -> row.put(group, part.word()));
            all.put(service, row);
        });
        return all;
    }

    /** {@code portero bans} lists all of them. */
    private static Counted<BanRow> bans(List<Ban> all, Instant now) {
        var lasting = all.stream().filter(b -> !b.isOver(now)).toList();
        return Counted.of(lasting, SHOWN).map(b -> BanRow.of(b, now));
    }

    /** {@code portero allowed} lists all of them. */
    private static Counted<GuestRow> guests(List<Guest> all, Optional<Policy> inForce, Instant now) {
        var lasting = all.stream().filter(g -> !g.isOver(now)).toList();
        return Counted.of(lasting, SHOWN)
                .map(g -> GuestRow.of(
                        g,
                        inForce.map(p -> p.services().get(g.service()))
                                .filter(s -> s.enabled() && !s.from().any())
                                .isPresent(),
                        now));
    }

    private MetricsRow metrics(Status status) {
        var address = status.file().settings().metrics();
        return new MetricsRow(address.host(), address.port(), facts.listening().getAsBoolean());
    }
}
