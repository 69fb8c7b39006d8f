package io.portero.bans;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** Orders that wait for the one thread that changes the firewall. */
public final class BanOrders {
    private final LinkedBlockingQueue<Waiting> waiting = new LinkedBlockingQueue<>();

    /** @param report to be completed by whoever does it */
    record Waiting(BanOrder order, CompletableFuture<BanReport> report) {}

    /** Leaves an order to be done; whoever cancels the future withdraws it, unless it is under way. */
    public CompletableFuture<BanReport> leave(BanOrder order) {
        var report = new CompletableFuture<BanReport>();
        waiting.add(new Waiting(order, report));
        return report;
    }

    List<Waiting> take() {
        var taken = new ArrayList<Waiting>();
        waiting.drainTo(taken);
        taken.removeIf(w -> w.report().isCancelled());
        return taken;
    }
}
