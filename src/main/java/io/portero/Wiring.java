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
import io.portero.host.FirewallServices;
import io.portero.host.ProcHost;
import io.portero.http.MetricsServer;
import io.portero.http.MetricsText;
import io.portero.metrics.AgentMetrics;
import io.portero.metrics.AuditMetrics;
import io.portero.metrics.ExposureMetrics;
import io.portero.metrics.KernelCounters;
import io.portero.metrics.MeteredFirewall;
import io.portero.metrics.MonitorMetrics;
import io.portero.metrics.NameMetrics;
import io.portero.metrics.PlainText;
import io.portero.names.DnsResolver;
import io.portero.names.NameCache;
import io.portero.names.NameFollower;
import io.portero.nft.NftFirewall;
import io.portero.nft.NftMonitor;
import io.portero.nft.OwnChanges;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.ReconcileListener;
import io.portero.reconcile.ReconcileLoop;
import io.portero.reconcile.Reconciler;
import io.portero.safety.HostView;
import io.portero.state.AuditTrail;
import io.portero.state.CounterMemory;
import io.portero.status.AuditListener;
import io.portero.status.DroppedSources;
import io.portero.status.Facts;
import io.portero.status.History;
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
    private static final String NFT = "nft";
    private static final System.Logger LOG = System.getLogger("portero");

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
    NftMonitor monitor(StartedPids nftPids, ForeignChains foreignChains) {
        return new NftMonitor(
                NFT,
                new ProcessRunner(),
                OwnChanges.of(nftPids::contains, System::nanoTime),
                foreignChains,
                System::nanoTime);
    }

    @Produces
    @Singleton
    Firewall firewall(StartedPids nftPids, NftMonitor monitor, MeterRegistry registry) {
        return new MeteredFirewall(new NftFirewall(new ProcessRunner(nftPids), NFT, monitor), registry);
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
    AgentMetrics metrics(MeterRegistry registry, KernelCounters counters, NftMonitor monitor, AuditTrail audit) {
        AuditMetrics.register(registry, audit, AuditTrail::unwritten);
        MonitorMetrics.register(registry, monitor, NftMonitor::isListening, NftMonitor::restarts);
        return new AgentMetrics(registry, counters, Version.number(), Version.runtime());
    }

    @Produces
    @Singleton
    HostView host() {
        return new ProcHost(new ProcessRunner());
    }

    @Produces
    @Singleton
    ExposureMetrics exposure(MeterRegistry registry, HostView host) {
        return new ExposureMetrics(registry, host::listeners, System::nanoTime);
    }

    /** Deprecated by Micrometer, and the one registry for Prometheus that Quarkus 3.33 has. */
    @Produces
    @Singleton
    @SuppressWarnings("deprecation")
    MetricsText metricsText(PrometheusMeterRegistry registry) {
        return () -> PlainText.of(registry.scrape());
    }

    @Produces
    @Singleton
    MetricsServer server(Vertx vertx, Router router) {
        return new MetricsServer(vertx, router);
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
                dropped::latest);
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
    Keeping keeping(AgentFiles files) {
        return Keeping.in(files.stateDirectory(), files.runDirectory(), CLOCK, System::nanoTime);
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
            Keeping keeping,
            AgentMetrics metrics,
            NameMetrics nameMetrics,
            MetricsServer server,
            StatusFile statusFile,
            AuditTrail audit,
            HostView host,
            ExposureMetrics exposure,
            History history,
            ProbationDesk probationDesk,
            ServiceManager manager) {
        List<ReconcileListener> listeners = List.of(
                new LogListener(),
                metrics,
                nameMetrics,
                new AuditListener(audit, CLOCK),
                server,
                exposure,
                history,
                manager,
                statusFile,
                probationDesk);
        return new Reconciler(
                files.config(),
                reader,
                firewall,
                DriftWatch.over(monitor, System::nanoTime),
                host,
                keeping,
                CLOCK,
                listeners);
    }

    @Produces
    @Singleton
    ReconcileLoop loop(Reconciler reconciler, ServiceManager manager) {
        return new ReconcileLoop(reconciler, manager);
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
