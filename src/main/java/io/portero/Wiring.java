package io.portero;

import io.micrometer.core.instrument.MeterRegistry;
import io.portero.apply.Firewall;
import io.portero.bans.BanAudit;
import io.portero.cli.Version;
import io.portero.config.PolicyReader;
import io.portero.control.BanDesk;
import io.portero.control.GuestDesk;
import io.portero.control.ProbationDesk;
import io.portero.control.StageDesk;
import io.portero.drift.DriftWatch;
import io.portero.drift.ForeignChains;
import io.portero.exec.ProcessRunner;
import io.portero.exec.StartedPids;
import io.portero.guests.GuestAudit;
import io.portero.host.NetworkUp;
import io.portero.host.ProcHost;
import io.portero.lists.HttpsFetcher;
import io.portero.lists.ListFollower;
import io.portero.lists.UrlLists;
import io.portero.loop.BeatingFirewall;
import io.portero.loop.Pulse;
import io.portero.loop.ReconcileLoop;
import io.portero.metrics.MeteredFirewall;
import io.portero.names.DnsResolver;
import io.portero.names.NameCache;
import io.portero.names.NameFollower;
import io.portero.nft.NftFirewall;
import io.portero.nft.NftHealth;
import io.portero.nft.NftMonitor;
import io.portero.nft.NftProgram;
import io.portero.nft.NftStage;
import io.portero.nft.OwnChanges;
import io.portero.nft.Sealing;
import io.portero.reconcile.Keeping;
import io.portero.reconcile.Reconciler;
import io.portero.safety.HostView;
import io.portero.stage.StageTable;
import io.portero.state.AuditTrail;
import io.portero.state.BackgroundWriter;
import io.portero.systemd.ServiceManager;
import io.quarkus.runtime.annotations.CommandLineArguments;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** Creates the objects that enforce a policy: from the policy file to the kernel, and the watchers of both. */
final class Wiring {
    static final Clock CLOCK = Clock.systemUTC();
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
    Sealing sealing(AgentFiles files, NftProgram nft, StartedPids nftPids) {
        return new Sealing(new ProcessRunner(nftPids), nft, List.of(), files.runDirectory(), nftPids, System::nanoTime);
    }

    @Produces
    @Singleton
    Firewall firewall(NftProgram nft, NftHealth health, Sealing sealing, NftMonitor monitor, MeterRegistry registry) {
        return new MeteredFirewall(new NftFirewall(sealing, nft, health, monitor), registry);
    }

    @Produces
    @Singleton
    StageTable stage(NftProgram nft, NftHealth health, StartedPids nftPids) {
        return new NftStage(new ProcessRunner(nftPids), nft, health);
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
    HostView host(NftProgram nft) {
        return new ProcHost(new ProcessRunner(), nft);
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
    UrlLists urlLists(Keeping keeping) {
        return keeping.urls();
    }

    @Produces
    @Singleton
    ListFollower listFollower(UrlLists lists) {
        return new ListFollower(
                lists, new HttpsFetcher(new DnsResolver(), "portero/" + Version.number()), new NetworkUp());
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
            StageTable stage,
            NftMonitor monitor,
            NftProgram nft,
            Sealing sealing,
            Keeping keeping,
            HostView host,
            Listeners listeners,
            Pulse pulse) {
        var reconciler = new Reconciler(
                files.config(),
                reader,
                new BeatingFirewall(firewall, pulse),
                stage,
                DriftWatch.over(monitor, System::nanoTime),
                host,
                keeping,
                CLOCK,
                listeners.all());
        var settings = reconciler.status().file().settings(); // of the last good policy, until the file is read
        nft.use(settings.nft());
        sealing.allow(settings.sealed());
        return reconciler;
    }

    @Produces
    @Singleton
    ReconcileLoop loop(Reconciler reconciler, Pulse pulse) {
        return new ReconcileLoop(reconciler, pulse, LastWords.ofThisProcess()::loopDied);
    }

    @Produces
    @Singleton
    BanDesk banDesk(ReconcileLoop loop, BackgroundWriter writer, AuditTrail audit) {
        return new BanDesk(loop, writer, new BanAudit(audit, CLOCK));
    }

    @Produces
    @Singleton
    GuestDesk guestDesk(ReconcileLoop loop, BackgroundWriter writer, AuditTrail audit) {
        return new GuestDesk(loop, writer, new GuestAudit(audit, CLOCK));
    }

    @Produces
    @Singleton
    StageDesk stageDesk(ReconcileLoop loop) {
        return new StageDesk(loop);
    }

    @Produces
    @Singleton
    Pulse pulse(ServiceManager manager) {
        return new Pulse(manager, System::nanoTime);
    }

    @Produces
    @Singleton
    ServiceManager manager() {
        return new ServiceManager(System.getenv(), new ProcessRunner(), oneThread("systemd"));
    }

    static Executor oneThread(String name) {
        return Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }
}
