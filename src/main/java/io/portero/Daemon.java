package io.portero;

import io.portero.config.PolicyWatcher;
import io.portero.reconcile.ReconcileLoop;
import io.portero.reconcile.Trigger;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Inject;
import java.io.IOException;
import sun.misc.Signal;

/** The agent's life: enforce first, then watch, and leave the rules in force at the end. */
public final class Daemon implements QuarkusApplication {
    private static final System.Logger LOG = System.getLogger("portero");

    private final AgentFiles files;
    private final ReconcileLoop loop;

    @Inject
    Daemon(AgentFiles files, ReconcileLoop loop) {
        this.files = files;
        this.loop = loop;
    }

    @Override
    public int run(String... arguments) throws Exception {
        var lock = InstanceLock.take(files.runDirectory());
        if (lock.isEmpty()) {
            return 1;
        }
        try (var held = lock.get();
                var watcher = watcher();
                loop) {
            loop.start();
            watcher.start();
            Signal.handle(new Signal("HUP"), signal -> loop.trigger(Trigger.SIGNAL));
            Quarkus.waitForExit();
        }
        LOG.log(System.Logger.Level.INFO, "stopped; the rules stay in force");
        return 0;
    }

    private PolicyWatcher watcher() throws IOException {
        return new PolicyWatcher(files.config(), () -> loop.trigger(Trigger.FILE));
    }
}
