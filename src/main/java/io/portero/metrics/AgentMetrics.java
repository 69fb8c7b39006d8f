package io.portero.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.portero.apply.Outcome;
import io.portero.drift.Drift;
import io.portero.events.Event;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.events.Trigger;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** The metrics of the agent's work and state. */
public final class AgentMetrics implements ReconcileListener {
    private static final String DRIFT = "drift";
    private static final List<String> TRIGGERS = List.of(
            Trigger.FILE.word(),
            DRIFT,
            Trigger.STARTUP.word(),
            Trigger.DNS.word(),
            Trigger.LIST.word(),
            Trigger.ROLLBACK.word(),
            Trigger.SIGNAL.word());
    private static final List<String> OUTCOMES = List.of("applied", "unchanged", "refused", "failed");
    private static final String SOMEBODY = "unknown";
    /** The nft that people and container engines use. */
    private static final String USUAL = "nft";

    private static final int PROGRAMS = 20;

    private final MeterRegistry registry;
    private final StateMetrics state;
    private final TrafficMetrics traffic;
    private final MultiGauge policyInfo;
    private final Set<String> programs = new HashSet<>(Set.of(SOMEBODY, USUAL));
    private final Newborn newborn = new Newborn();

    public AgentMetrics(MeterRegistry registry, KernelCounters counters, String version, String runtime) {
        this.registry = registry;
        this.state = new StateMetrics(registry);
        this.traffic = new TrafficMetrics(registry, counters);
        this.policyInfo = MultiGauge.builder("portero.policy.info")
                .description("The digest of the ruleset in force; hosts with the same digest enforce the same rules.")
                .register(registry);
        Gauge.builder("portero.build.info", () -> 1)
                .description("The version of Portero; after an upgrade and a restart, the agent shows the new one.")
                .tag("version", version)
                .tag("runtime", runtime)
                .register(registry);
        state.register();
        registerClosedSets();
        Conntrack.register(registry);
    }

    /** The answer to a scrape; see {@link Newborn}. */
    public String scraped(Supplier<String> text) {
        return newborn.scraped(text);
    }

    /** Series that exist from the start, so that the first increase is visible. */
    private void registerClosedSets() {
        TRIGGERS.forEach(trigger -> OUTCOMES.forEach(outcome -> applies(trigger, outcome)));
        List.of(Drift.Kind.values()).forEach(kind -> programs.forEach(program -> newborn.known(drift(kind, program))));
        List.of("in_sync", "repaired", "failed").forEach(this::reconciles);
        List.of("expired", "rolled_back_by_command").forEach(this::rollbacks);
        applyDuration();
        repairDuration();
    }

    @Override
    public void on(Event event, Status now) {
        state.follow(now);
        switch (event) {
            case Event.PolicyAccepted accepted -> {}
            case Event.PolicyRefused refused ->
                applies(refused.trigger().word(), "refused").increment();
            case Event.CostForeseen foreseen -> {}
            case Event.ApplyEnded ended -> applied(ended, now);
            case Event.ProbationBegan began -> {}
            case Event.ProbationEnded ended -> {
                if (!ended.end().isConfirmed()) {
                    rollbacks(ended.end().word()).increment();
                }
            }
            case Event.TableKept kept -> {}
            case Event.LeftOut leftOut -> {}
            case Event.NotKept notKept -> {}
            case Event.NameHeard heard -> {}
            case Event.ListHeard heard -> {}
            case Event.FoundInSync inSync -> reconciles("in_sync").increment();
            case Event.DriftFound found -> {}
            case Event.DriftRepaired repaired -> repaired(repaired);
            case Event.ContentionBegan contention -> {}
            case Event.ContentionEnded contention -> {}
            case Event.FlowsCut cut -> {}
            case Event.Draining draining -> {}
            case Event.BansChanged changed -> {}
            case Event.GuestsChanged changed -> {}
            case Event.MembersLeft left -> {}
            case Event.StageChanged changed -> {}
            case Event.UplinksSeen seen -> {}
            case Event.LookFailed failed -> reconciles("failed").increment();
        }
    }

    private void applied(Event.ApplyEnded ended, Status now) {
        applies(ended.trigger().word(), word(ended.outcome())).increment();
        if (ended.outcome() instanceof Outcome.Applied) {
            applyDuration().record(ended.took());
        }
        now.policy().ifPresent(inForce -> {
            policyInfo.register(List.of(MultiGauge.Row.of(Tags.of("digest", inForce.digest()), 1)), true);
            traffic.follow(inForce.policy());
        });
    }

    private void repaired(Event.DriftRepaired repaired) {
        boolean failed = repaired.outcome() instanceof Outcome.Failed;
        reconciles(failed ? "failed" : "repaired").increment();
        applies(DRIFT, word(repaired.outcome())).increment();
        repaired.drifts().forEach(d -> newborn.increment(drift(d.drift().kind(), bounded(d.program()))));
        repairDuration().record(repaired.stood().orElse(repaired.took()));
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Unchanged unchanged -> "unchanged";
            case Outcome.Applied applied -> "applied";
            case Outcome.Failed failed -> "failed";
        };
    }

    private Counter applies(String trigger, String outcome) {
        return Counter.builder("portero.applies")
                .description("Attempts to put a policy in force, by trigger and outcome; after refused run portero"
                        + " check, after failed read the log.")
                .tag("trigger", trigger)
                .tag("outcome", outcome)
                .register(registry);
    }

    private Timer applyDuration() {
        return Timer.builder("portero.apply.duration")
                .description("How long it took to put a policy in force, from the plan to the last transaction.")
                .register(registry);
    }

    private Counter reconciles(String outcome) {
        return Counter.builder("portero.reconciles")
                .description("Checks of the kernel, by outcome; repaired means that another program had changed"
                        + " Portero's table: portero_drift_total names it.")
                .tag("outcome", outcome)
                .register(registry);
    }

    private Counter rollbacks(String reason) {
        return Counter.builder("portero.rollbacks")
                .description("Policies that were rolled back, because they were not confirmed or by command; the"
                        + " agent does not try them again until the file changes.")
                .tag("reason", reason)
                .register(registry);
    }

    /** Process names are untrusted: any process can have any name. */
    private String bounded(String program) {
        if (programs.size() < PROGRAMS) {
            programs.add(program);
        }
        return programs.contains(program) ? program : "other";
    }

    private Counter drift(Drift.Kind kind, String program) {
        return Counter.builder("portero.drift")
                .description("Changes that other programs made in Portero's table and that the agent undid; if they"
                        + " continue, stop that program.")
                .tag("kind", kind.word())
                .tag("program", program)
                .register(registry);
    }

    private Timer repairDuration() {
        return Timer.builder("portero.drift.repair.duration")
                .description("Time from the notice of a change by another program until the table is repaired.")
                .register(registry);
    }
}
