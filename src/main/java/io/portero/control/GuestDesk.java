package io.portero.control;

import io.portero.control.Request.Answer;
import io.portero.guests.GuestAudit;
import io.portero.guests.GuestOrder;
import io.portero.guests.GuestReport;
import io.portero.guests.GuestsInWords;
import io.portero.loop.ReconcileLoop;
import io.portero.loop.Reply;
import io.portero.state.DiskWriter;
import java.time.Duration;
import java.util.Optional;

/**
 * Receives orders about guests from commands, passes them to the thread that changes the firewall, and returns the
 * outcome.
 *
 * <p>It answers when the change is in force and on disk; it waits only a short time for a slow disk.
 */
public final class GuestDesk implements ControlSocket.Desk {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final Duration DISK = Duration.ofSeconds(2);

    private static final System.Logger LOG = System.getLogger("portero");

    private final ReconcileLoop loop;
    private final DiskWriter writer;
    private final GuestAudit audit;

    public GuestDesk(ReconcileLoop loop, DiskWriter writer, GuestAudit audit) {
        this.loop = loop;
        this.writer = writer;
        this.audit = audit;
    }

    @Override
    public Answer answer(Request request) throws InterruptedException {
        var order = GuestTalk.order(request);
        return GuestTalk.answer(
                order.isPresent()
                        ? report(order.get())
                        : GuestReport.failed("the agent has another version than this command; restart it:"
                                + " systemctl restart portero"));
    }

    private GuestReport report(GuestOrder order) throws InterruptedException {
        try {
            return switch (loop.ask(turn -> turn.reconciler().order(order), PATIENCE)) {
                case Reply.Done<GuestReport>(GuestReport report) -> done(order, report);
                case Reply.Late<GuestReport> late ->
                    GuestReport.failed("the agent did not handle this within " + PATIENCE.toSeconds() + " seconds"
                            + (late.begun() ? ", and may still do it" : "") + "; see its log");
                case Reply.Stopping<GuestReport> stopping ->
                    GuestReport.failed("the agent is being stopped; try again");
            };
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.ERROR, "a command about guests failed because of a bug", e);
            return GuestReport.failed("the agent failed because of a bug; see its log");
        }
    }

    private GuestReport done(GuestOrder order, GuestReport report) {
        GuestsInWords.ordered(order, report).ifPresent(words -> LOG.log(System.Logger.Level.INFO, words));
        var said = !report.guests().isEmpty() && report.failure().isEmpty() ? report.with(notOnDisk()) : report;
        writer.later(() -> {
            audit.write(order, report);
            return Optional.empty();
        });
        return said;
    }

    private Optional<String> notOnDisk() {
        return writer.settle(DISK).map(why -> why + "; the access is in force, but it would be lost at a restart");
    }
}
