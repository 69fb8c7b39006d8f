package io.portero.control;

import io.portero.bans.BanAudit;
import io.portero.bans.BanOrder;
import io.portero.bans.BanReport;
import io.portero.bans.BansInWords;
import io.portero.control.Request.Answer;
import io.portero.loop.ReconcileLoop;
import io.portero.loop.Reply;
import io.portero.state.DiskWriter;
import java.time.Duration;
import java.util.Optional;

/**
 * Receives orders about bans from commands, passes them to the thread that changes the firewall, and returns the
 * outcome.
 *
 * <p>It answers when the ban is in force and on disk; it waits only a short time for a slow disk.
 */
public final class BanDesk implements ControlSocket.Desk {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration DISK = Duration.ofSeconds(2);

    private static final System.Logger LOG = System.getLogger("portero");

    private final ReconcileLoop loop;
    private final DiskWriter writer;
    private final BanAudit audit;

    public BanDesk(ReconcileLoop loop, DiskWriter writer, BanAudit audit) {
        this.loop = loop;
        this.writer = writer;
        this.audit = audit;
    }

    @Override
    public Answer answer(Request request) throws InterruptedException {
        var order = BanTalk.order(request);
        return BanTalk.answer(
                order.isPresent()
                        ? report(order.get())
                        : BanReport.failed("the agent has another version than this command; restart it:"
                                + " systemctl restart portero"));
    }

    private BanReport report(BanOrder order) throws InterruptedException {
        try {
            return switch (loop.ask(turn -> turn.reconciler().order(order), PATIENCE)) {
                case Reply.Done<BanReport>(BanReport report) -> done(order, report);
                case Reply.Late<BanReport> late ->
                    BanReport.failed("the agent did not handle this within " + PATIENCE.toSeconds() + " seconds"
                            + (late.begun() ? ", and may still do it" : "") + "; see its log");
                case Reply.Stopping<BanReport> stopping -> BanReport.failed("the agent is being stopped; try again");
            };
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.ERROR, "a command about bans failed because of a bug", e);
            return BanReport.failed("the agent failed because of a bug; see its log");
        }
    }

    private BanReport done(BanOrder order, BanReport report) {
        BansInWords.ordered(order, report).ifPresent(words -> LOG.log(System.Logger.Level.INFO, words));
        var said = report.isChange() ? report.with(notOnDisk()) : report;
        writer.later(() -> {
            audit.write(order, report);
            return Optional.empty();
        });
        return said;
    }

    private Optional<String> notOnDisk() {
        return writer.settle(DISK).map(why -> why + "; the ban is in force, but it would be lost at a boot");
    }
}
