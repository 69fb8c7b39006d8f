package io.portero;

import io.portero.config.PolicyReader;
import io.portero.config.PolicyWatcher;
import io.portero.control.ApplyDesk;
import io.portero.control.BanDesk;
import io.portero.control.BanTalk;
import io.portero.control.ControlSocket;
import io.portero.control.GuestDesk;
import io.portero.control.GuestTalk;
import io.portero.control.ListDesk;
import io.portero.control.ProbationDesk;
import io.portero.control.StageDesk;
import io.portero.events.Trigger;
import io.portero.lists.ListFollower;
import io.portero.lists.UrlLists;
import io.portero.loop.ReconcileLoop;
import io.portero.names.NameFollower;
import io.portero.nft.NftMonitor;
import io.portero.nft.Sealing;
import io.portero.safety.Probation;
import io.portero.state.BackgroundWriter;
import io.portero.state.InstanceLock;
import io.portero.systemd.ServiceManager;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** Runs the agent: enforces the policy first, then watches for changes, and leaves the rules in force at the end. */
public final class Daemon implements QuarkusApplication {
    private static final System.Logger LOG = System.getLogger("portero");

    private final AgentFiles files;
    private final PolicyReader reader;
    private final ReconcileLoop loop;
    private final Sealing sealing;
    private final NftMonitor monitor;
    private final NameFollower names;
    private final UrlLists urlLists;
    private final ListFollower lists;
    private final ProbationDesk probationDesk;
    private final BanDesk banDesk;
    private final GuestDesk guestDesk;
    private final StageDesk stageDesk;
    private final BackgroundWriter writer;
    private final ServiceManager manager;

    @Inject
    Daemon(
            AgentFiles files,
            PolicyReader reader,
            ReconcileLoop loop,
            Sealing sealing,
            NftMonitor monitor,
            NameFollower names,
            UrlLists urlLists,
            ListFollower lists,
            ProbationDesk probationDesk,
            BanDesk banDesk,
            GuestDesk guestDesk,
            StageDesk stageDesk,
            BackgroundWriter writer,
            ServiceManager manager) {
        this.files = files;
        this.reader = reader;
        this.loop = loop;
        this.sealing = sealing;
        this.monitor = monitor;
        this.names = names;
        this.urlLists = urlLists;
        this.lists = lists;
        this.probationDesk = probationDesk;
        this.banDesk = banDesk;
        this.guestDesk = guestDesk;
        this.stageDesk = stageDesk;
        this.writer = writer;
        this.manager = manager;
    }

    @Override
    public int run(String... arguments) throws Exception {
        return switch (InstanceLock.take(files.runDirectory())) {
            case InstanceLock.Taking.Refused(String why) -> {
                System.err.println("portero: " + why);
                yield 1;
            }
            case InstanceLock.Taking.Taken(InstanceLock lock) -> live(lock);
        };
    }

    private int live(InstanceLock lock) throws Exception {
        Thread.setDefaultUncaughtExceptionHandler(LastWords.ofThisProcess());
        try (lock;
                writer; // closed last, because the others still write to it when they are closed
                sealing; // closed after the loop, which changes the table
                var watcher = watcher().orElse(null);
                var _ = ControlSocket.open(files.runDirectory(), desks()).orElse(null);
                loop;
                names;
                lists;
                monitor) {
            loop.start();
            Thread.ofVirtual().name("nft monitor").start(this::listen);
            names.start(() -> loop.trigger(Trigger.DNS));
            lists.start(() -> loop.trigger(Trigger.LIST));
            if (watcher != null) {
                watcher.start();
            }
            Signals.on("HUP", () -> {
                manager.reloading();
                loop.trigger(Trigger.SIGNAL);
            });
            // By default a JVM that is told to stop exits with 143, which a service manager treats as a failure.
            Signals.on("TERM", () -> Quarkus.asyncExit(0));
            Signals.on("INT", () -> Quarkus.asyncExit(0));
            Quarkus.waitForExit();
            manager.stopping();
        }
        LOG.log(System.Logger.Level.INFO, "stopped; the rules stay in force");
        return 0;
    }

    private Map<String, ControlSocket.Desk> desks() {
        return Map.ofEntries(
                Map.entry(Probation.CONFIRM, probationDesk),
                Map.entry(Probation.ROLLBACK, probationDesk),
                Map.entry(BanTalk.BAN, banDesk),
                Map.entry(BanTalk.UNBAN, banDesk),
                Map.entry(GuestTalk.ALLOW, guestDesk),
                Map.entry(GuestTalk.DISALLOW, guestDesk),
                Map.entry(StageDesk.BEGIN, stageDesk),
                Map.entry(StageDesk.END, stageDesk),
                Map.entry(ApplyDesk.VERB, new ApplyDesk(files.config(), loop)),
                Map.entry(ListDesk.ACCEPT, new ListDesk(urlLists, () -> loop.trigger(Trigger.LIST))));
    }

    /**
     * Waits for the first pass, because the kernel reports each new member to a listener separately: a load of 100,000
     * members then takes twice as long. A check after the monitor has started finds changes made in between.
     */
    private void listen() {
        try {
            loop.awaitFirstPass();
            monitor.start(() -> loop.trigger(Trigger.DRIFT));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the agent is stopping
        }
    }

    /** Created before the first pass reads the file, so that no change is missed in between. */
    private Optional<PolicyWatcher> watcher() {
        try {
            return Optional.of(new PolicyWatcher(files.config(), reader::listFiles, () -> loop.trigger(Trigger.FILE)));
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    files.config() + " cannot be watched for changes (" + e.getMessage() + "); the policy is"
                            + " still enforced: after each edit run systemctl reload portero, or raise"
                            + " fs.inotify.max_user_instances and restart the agent");
            return Optional.empty();
        }
    }
}
