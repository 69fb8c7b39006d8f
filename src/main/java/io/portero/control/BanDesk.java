package io.portero.control;

import io.portero.bans.BanAudit;
import io.portero.bans.BanOrder;
import io.portero.bans.BanOrders;
import io.portero.bans.BanReport;
import io.portero.bans.BansInWords;
import io.portero.control.Request.Answer;
import io.portero.state.DiskWriter;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Takes orders about bans from commands, leaves them to the thread that changes the firewall, and tells what came of them.
 *
 * <p>The answer is given when the ban is in force and on disk; a disk that hangs is waited for a short while.
 */
public final class BanDesk implements ControlSocket.Desk {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration DISK = Duration.ofSeconds(2);

    private static final System.Logger LOG = System.getLogger("portero");

    private final BanOrders orders;
    private final Runnable trigger;
    private final DiskWriter writer;
    private final BanAudit audit;

    /** @param trigger tells the thread that there is something to do */
    public BanDesk(BanOrders orders, Runnable trigger, DiskWriter writer, BanAudit audit) {
        this.orders = orders;
        this.trigger = trigger;
        this.writer = writer;
        this.audit = audit;
    }

    @Override
    public Answer answer(Request request) throws InterruptedException {
        return BanTalk.answer(BanTalk.order(request)
                .map(this::report)
                .orElseGet(() -> BanReport.failed(
                        "the agent is of another version than this command; restart it: systemctl restart portero")));
    }

    private BanReport report(BanOrder order) {
        var done = orders.leave(order);
        trigger.run();
        try {
            var report = done.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            BansInWords.ordered(order, report).ifPresent(words -> LOG.log(System.Logger.Level.INFO, words));
            var said = report.isChange() ? report.with(notOnDisk()) : report;
            writer.later(() -> {
                audit.write(order, report);
                return Optional.empty();
            });
            return said;
        } catch (TimeoutException e) {
            done.cancel(false);
            return BanReport.failed(
                    "the agent did not come to it within " + PATIENCE.toSeconds() + " seconds; see its log");
        } catch (ExecutionException e) {
            return BanReport.failed("the agent failed by a bug, which its log tells");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return BanReport.failed("the agent is being stopped");
        }
    }

    private Optional<String> notOnDisk() {
        return writer.settle(DISK).map(why -> why + "; it holds, and a boot would not know of it");
    }
}
