package io.portero;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.portero.apply.Firewall;
import io.portero.cli.Version;
import io.portero.config.PolicyReader;
import io.portero.control.ProbationDesk;
import io.portero.drift.DriftWatch;
import io.portero.drift.ForeignChains;
import io.portero.exec.ProcessRunner;
import io.portero.exec.StartedPids;
import io.portero.host.Examination;
import io.portero.host.FirewallServices;
import io.portero.host.ProcHost;
import io.portero.http.MetricsServer;
import io.portero.http.MetricsText;
import io.portero.metrics.AgentMetrics;
import io.portero.metrics.AuditMetrics;
import io.portero.metrics.DoctorMetrics;
import io.portero.metrics.ExposureMetrics;
import io.portero.metrics.KernelCounters;
import io.portero.metrics.LastLook;
import io.portero.metrics.MeteredFirewall;
import io.portero.metrics.MonitorMetrics;
import io.portero.metrics.NameMetrics;
import io.portero.metrics.NftMetrics;
import io.portero.metrics.PlainText;
import io.portero.metrics.UplinkMetrics;
import io.portero.names.DnsResolver;
import io.portero.names.NameCache;
import io.portero.names.NameFollower;
import io.portero.nft.NftFirewall;
import io.portero.nft.NftHealth;
import io.portero.nft.NftMonitor;
import io.portero.nft.NftProgram;
import io.portero.nft.OwnChanges;
import io.portero.reconcile.BeatingFirewall;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Pulse;
import io.portero.reconcile.ReconcileListener;
import io.portero.reconcile.ReconcileLoop;
import io.portero.reconcile.Reconciler;
import io.portero.safety.HostView;
import io.portero.state.AuditTrail;
import io.portero.state.BackgroundWriter;
import io.portero.state.CounterMemory;
import io.portero.state.PolicyHistory;
import io.portero.status.AuditListener;
import io.portero.status.DroppedSources;
import io.portero.status.Facts;
import io.portero.status.History;
import io.portero.status.HistoryListener;
import io.portero.status.NftRow;
import io.portero.status.Observation;
import io.portero.status.StatusComposer;
import io.portero.status.StatusFile;
import io.portero.status.UntrackedTraffic;
import io.portero.systemd.ServiceManager;
import io.quarkus.runtime.annotations.CommandLineArguments;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** Makes every part of the agent out of its parts. */
final class Wiring {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final System.Logger LOG = System.getLogger("portero");
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    @Produces
    @Singleton
    AgentFiles files(@CommandLineArguments String[] arguments) {
        return AgentFiles.of(arguments);
    }

    @Produces
    @Singleton
    StartedPids nftPids() {
        return new StartedPids(System::nanoTime);
    }

    @Produces
    @Singleton
    ForeignChains foreignChains() {
        return new ForeignChains();
    }

    @Produces
    @Singleton
    NftProgram nft() {
        return new NftProgram(new ProcessRunner());
    }

    @Produces
    @Singleton
    NftHealth nftHealth(NftProgram nft) {
        return new NftHealth(nft, System::nanoTime);
    }

    @Produces
    @Singleton
    NftMonitor monitor(NftProgram nft, NftHealth health, StartedPids nftPids, ForeignChains foreignChains) {
        return new NftMonitor(
                nft,
                health,
                new ProcessRunner(),
                OwnChanges.of(nftPids::contains, System::nanoTime),
                foreignChains,
                System::nanoTime);
    }

    @Produces
    @Singleton
    Firewall firewall(
            NftProgram nft, NftHealth health, StartedPids nftPids, NftMonitor monitor, MeterRegistry registry) {
        return new MeteredFirewall(new NftFirewall(new ProcessRunner(nftPids), nft, health, monitor), registry);
    }

    @Produces
    @Singleton
    KernelCounters counters(Firewall firewall, AgentFiles files) {
        return new KernelCounters(
                firewall, CounterMemory.in(files.runDirectory()), oneThread("counters"), System::nanoTime);
    }

    @Produces
    @Singleton
    AuditTrail audit(AgentFiles files) {
        return new AuditTrail(
                files.stateDirectory(),
                head -> LOG.log(System.Logger.Level.INFO, "audit head " + head.number() + " " + head.hash()));
    }

    @Produces
    @Singleton
    AgentMetrics metrics(
            MeterRegistry registry, KernelCounters counters, NftMonitor monitor, NftHealth health, AuditTrail audit) {
        NftMetrics.register(registry, health, NftHealth::deaths);
        AuditMetrics.register(registry, audit, AuditTrail::unwritten);
        MonitorMetrics.register(registry, monitor, NftMonitor::isListening, NftMonitor::restarts);
        return new AgentMetrics(registry, counters, Version.number(), Version.runtime());
    }

    @Produces
    @Singleton
    HostView host(NftProgram nft) {
        return new ProcHost(new ProcessRunner(), nft);
    }

    @Produces
    @Singleton
    ExposureMetrics exposure(MeterRegistry registry, HostView host) {
        return new ExposureMetrics(registry, host::listeners, System::nanoTime);
    }

    @Produces
    @Singleton
    DoctorMetrics doctorMetrics(MeterRegistry registry, HostView host) {
        return new DoctorMetrics(registry, Examination.cheap(host), oneThread("doctor"), System::nanoTime);
    }

    /** Deprecated by Micrometer, and the one registry for Prometheus that Quarkus 3.33 has. */
    @Produces
    @Singleton
    @SuppressWarnings("deprecation")
    MetricsText metricsText(PrometheusMeterRegistry registry, AgentMetrics metrics) {
        return new MetricsText() {
            @Override
            public String plain() {
                return metrics.scraped(() -> PlainText.of(registry.scrape()));
            }

            @Override
            public String openMetrics() {
                return metrics.scraped(() -> registry.scrape(OPEN_METRICS));
            }
        };
    }

    @Produces
    @Singleton
    MetricsServer server(Vertx vertx, Router router) {
        return new MetricsServer(vertx, router);
    }

    @Produces
    @Singleton
    UplinkMetrics uplinkMetrics(MeterRegistry registry) {
        return new UplinkMetrics(registry);
    }

    @Produces
    @Singleton
    History history() {
        return new History(CLOCK);
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
            NftProgram nft,
            NftHealth health,
            Firewall firewall) {
        var services = new FirewallServices();
        var dropped = new DroppedSources(firewall, System::nanoTime);
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
                dropped::latest,
                () -> NftRow.of(nft.get(), nft.version(), health.deaths(), health.problem()));
    }

    @Produces
    @Singleton
    StatusComposer statusComposer(Facts facts, History history) {
        return new StatusComposer(Version.number(), Version.runtime(), facts, history::latest, CLOCK);
    }

    /** An event is no reason to start nft: whoever reads the file may ask the kernel himself. */
    @Produces
    @Singleton
    StatusFile statusFile(
            AgentFiles files, Facts facts, KernelCounters counters, MetricsServer server, History history) {
        var composer = new StatusComposer(
                Version.number(), Version.runtime(), facts.withoutAsking(counters::known), history::latest, CLOCK);
        var file = new StatusFile(files.runDirectory(), composer, oneThread("status-file"));
        server.whenChanged(file::refresh);
        return file;
    }

    @Produces
    @Singleton
    BackgroundWriter diskWriter() {
        return new BackgroundWriter();
    }

    @Produces
    @Singleton
    Keeping keeping(AgentFiles files, BackgroundWriter writer) {
        return Keeping.in(files.stateDirectory(), files.runDirectory(), CLOCK, System::nanoTime, writer);
    }

    @Produces
    @Singleton
    NameCache names(Keeping keeping) {
        return keeping.names();
    }

    @Produces
    @Singleton
    NameFollower nameFollower(NameCache names) {
        return new NameFollower(names, new DnsResolver());
    }

    @Produces
    @Singleton
    NameMetrics nameMetrics(MeterRegistry registry, NameCache names) {
        return new NameMetrics(registry, names);
    }

    @Produces
    @Singleton
    PolicyReader reader() {
        return new PolicyReader();
    }

    @Produces
    @Singleton
    ProbationDesk probationDesk(AgentFiles files) {
        return new ProbationDesk(files.runDirectory());
    }

    @Produces
    @Singleton
    Reconciler reconciler(
            AgentFiles files,
            PolicyReader reader,
            Firewall firewall,
            NftMonitor monitor,
            NftProgram nft,
            Keeping keeping,
            AgentMetrics metrics,
            NameMetrics nameMetrics,
            UplinkMetrics uplinkMetrics,
            MetricsServer server,
            StatusFile statusFile,
            AuditTrail audit,
            HostView host,
            ExposureMetrics exposure,
            DoctorMetrics doctorMetrics,
            History history,
            ProbationDesk probationDesk,
            LastLook lastLook,
            BackgroundWriter writer,
            Pulse pulse,
            ServiceManager manager) {
        List<ReconcileListener> listeners = List.of(
                (event, now) -> nft.use(now.file().settings().nft()),
                new LogListener(),
                metrics,
                lastLook,
                nameMetrics,
                new AuditListener(audit, CLOCK, writer),
                new HistoryListener(new PolicyHistory(files.stateDirectory()), CLOCK, writer),
                uplinkMetrics,
                server,
                exposure,
                doctorMetrics,
                history,
                manager,
                statusFile,
                new Observation(files.runDirectory(), CLOCK, oneThread("observation")),
                probationDesk);
        var reconciler = new Reconciler(
                files.config(),
                reader,
                new BeatingFirewall(firewall, pulse),
                DriftWatch.over(monitor, System::nanoTime),
                host,
                keeping,
                CLOCK,
                listeners);
        nft.use(reconciler.status().file().settings().nft()); // of the last good policy, until the file is read
        return reconciler;
    }

    @Produces
    @Singleton
    ReconcileLoop loop(Reconciler reconciler, Pulse pulse) {
        return new ReconcileLoop(reconciler, pulse, LastWords.ofThisProcess()::loopDied);
    }

    @Produces
    @Singleton
    Pulse pulse(ServiceManager manager) {
        return new Pulse(manager, System::nanoTime);
    }

    @Produces
    @Singleton
    LastLook lastLook(MeterRegistry registry) {
        return new LastLook(registry, CLOCK);
    }

    @Produces
    @Singleton
    ServiceManager manager() {
        return new ServiceManager(System.getenv(), new ProcessRunner(), oneThread("systemd"));
    }

    private static Executor oneThread(String name) {
        return Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }
}
