package io.portero;

import io.portero.apply.Firewall;
import io.portero.cli.Version;
import io.portero.control.ProbationDesk;
import io.portero.drift.ForeignChains;
import io.portero.host.FirewallServices;
import io.portero.http.MetricsServer;
import io.portero.lists.UrlLists;
import io.portero.metrics.AgentMetrics;
import io.portero.metrics.DoctorMetrics;
import io.portero.metrics.ExposureMetrics;
import io.portero.metrics.KernelCounters;
import io.portero.metrics.LastLook;
import io.portero.metrics.ListMetrics;
import io.portero.metrics.NameMetrics;
import io.portero.metrics.StageMetrics;
import io.portero.metrics.UplinkMetrics;
import io.portero.names.NameCache;
import io.portero.nft.NftHealth;
import io.portero.nft.NftMonitor;
import io.portero.nft.NftProgram;
import io.portero.nft.Sealing;
import io.portero.safety.HostView;
import io.portero.stage.StageTable;
import io.portero.state.AuditTrail;
import io.portero.state.BackgroundWriter;
import io.portero.state.PolicyHistory;
import io.portero.status.AuditListener;
import io.portero.status.DroppedSources;
import io.portero.status.Facts;
import io.portero.status.History;
import io.portero.status.HistoryListener;
import io.portero.status.NftRow;
import io.portero.status.Observation;
import io.portero.status.RefusedDestinations;
import io.portero.status.StagedDifferences;
import io.portero.status.StatusComposer;
import io.portero.status.StatusFile;
import io.portero.status.UntrackedTraffic;
import io.portero.systemd.ServiceManager;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Creates the objects that report on the agent, and sets the order in which listeners receive an event. */
final class StatusWiring {
    private static final long TOGETHER = Duration.ofMillis(20).toNanos();

    @Produces
    @Singleton
    MetricsServer server(Vertx vertx, Router router) {
        return new MetricsServer(vertx, router);
    }

    @Produces
    @Singleton
    History history() {
        return new History(Wiring.CLOCK);
    }

    @Produces
    @Singleton
    Facts facts(
            KernelCounters counters,
            MetricsServer server,
            NftMonitor monitor,
            AuditTrail audit,
            ForeignChains foreignChains,
            NameCache names,
            UrlLists lists,
            NftProgram nft,
            NftHealth health,
            Sealing sealing,
            Firewall firewall,
            StageTable stage,
            HostView host) {
        var services = new FirewallServices();
        var dropped = new DroppedSources(firewall, System::nanoTime);
        var destinations = new RefusedDestinations(firewall, host, System::nanoTime);
        return new Facts(
                counters::latest,
                server::isListening,
                monitor::isListening,
                audit::unwritten,
                () -> Stream.of(
                                foreignChains.remarks(),
                                services.remarks(foreignChains.tables()),
                                UntrackedTraffic.remark(counters.known()).stream()
                                        .toList())
                        .flatMap(List::stream)
                        .toList(),
                names::states,
                lists::states,
                dropped::latest,
                new StagedDifferences(stage, System::nanoTime)::latest,
                () -> NftRow.of(
                        nft.get(),
                        nft.version(),
                        health.deaths(),
                        health.problem(),
                        sealing.isSealed(),
                        sealing.whyNot()),
                destinations::latest);
    }

    @Produces
    @Singleton
    StatusComposer statusComposer(Facts facts, History history) {
        return new StatusComposer(Version.number(), Version.runtime(), facts, history::latest, Wiring.CLOCK);
    }

    /**
     * An event does not start nft: a reader of the file can ask the kernel itself. Events come in groups of two or
     * three; the file is written once for each group.
     */
    @Produces
    @Singleton
    StatusFile statusFile(
            AgentFiles files, Facts facts, KernelCounters counters, MetricsServer server, History history) {
        var composer = new StatusComposer(
                Version.number(),
                Version.runtime(),
                facts.withoutAsking(counters::known),
                history::latest,
                Wiring.CLOCK);
        var thread = Wiring.oneThread("status-file");
        var file = new StatusFile(
                files.runDirectory(),
                composer,
                write -> thread.execute(() -> {
                    LockSupport.parkNanos(TOGETHER);
                    write.run();
                }));
        server.whenChanged(file::refresh);
        return file;
    }

    /** The order matters: the choice of nft comes first, and what a command waits for comes last. */
    @Produces
    @Singleton
    Listeners listeners(
            AgentFiles files,
            NftProgram nft,
            Sealing sealing,
            AgentMetrics metrics,
            LastLook lastLook,
            NameMetrics nameMetrics,
            ListMetrics listMetrics,
            StageMetrics stageMetrics,
            UplinkMetrics uplinkMetrics,
            ExposureMetrics exposure,
            DoctorMetrics doctorMetrics,
            MetricsServer server,
            History history,
            AuditTrail audit,
            BackgroundWriter writer,
            ServiceManager manager,
            StatusFile statusFile,
            ProbationDesk probationDesk) {
        return new Listeners(List.of(
                (event, now) -> {
                    nft.use(now.file().settings().nft());
                    sealing.allow(now.file().settings().sealed());
                },
                new LogListener(),
                metrics,
                lastLook,
                nameMetrics,
                listMetrics,
                stageMetrics,
                new AuditListener(audit, Wiring.CLOCK, writer),
                new HistoryListener(new PolicyHistory(files.stateDirectory()), Wiring.CLOCK, writer),
                uplinkMetrics,
                server,
                exposure,
                doctorMetrics,
                history,
                manager,
                statusFile,
                new Observation(files.runDirectory(), Wiring.CLOCK, Wiring.oneThread("observation")),
                probationDesk));
    }
}
