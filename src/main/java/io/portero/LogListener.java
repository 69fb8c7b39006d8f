package io.portero;

import io.portero.apply.Failure;
import io.portero.apply.Outcome;
import io.portero.bans.BansInWords;
import io.portero.drift.Attribution;
import io.portero.events.Event;
import io.portero.events.Origin;
import io.portero.events.ReconcileListener;
import io.portero.events.Status;
import io.portero.guests.GuestChanges;
import io.portero.guests.GuestsInWords;
import io.portero.policy.Confirm;
import io.portero.policy.FirstFew;
import io.portero.policy.Ip;
import io.portero.policy.Problem;
import io.portero.policy.Problem.Severity;
import io.portero.safety.Probation;
import io.portero.stage.StageInWords;
import io.portero.stage.StageNews;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes events to the log, one line each; a check that finds everything in order is not logged. */
final class LogListener implements ReconcileListener {
    private static final System.Logger LOG = System.getLogger("portero");
    private static final int FLOWS_SHOWN = 5;
    /** The number of consecutive repairs that are logged separately. */
    private static final int REPAIRS_TOLD = 10;

    private int repairsTold;
    private boolean uplinkTrusted;
    private List<Problem> warningsTold = List.of();
    /** The last logged failure because of a crashed nft; later retries do not log it again. */
    private String crashTold = "";

    @Override
    public void on(Event event, Status now) {
        switch (event) {
            case Event.PolicyAccepted accepted -> {
                // After a new DNS answer the file is the same: most of its problems were logged before, and some may be
                // gone.
                var known = accepted.trigger().isRenewal() ? warningsTold : List.<Problem>of();
                problems(
                        Level.WARNING,
                        accepted.warnings().stream()
                                .filter(p -> !known.contains(p))
                                .toList());
                warningsTold = accepted.warnings();
            }
            case Event.PolicyRefused refused -> {
                problems(Level.ERROR, refused.problems());
                LOG.log(Level.ERROR, "the policy file is refused; the rules in force do not change");
            }
            case Event.CostForeseen foreseen -> foreseen.sentences().forEach(s -> LOG.log(Level.WARNING, s));
            case Event.ApplyEnded ended -> applied(ended);
            case Event.ProbationBegan began ->
                LOG.log(
                        Level.WARNING,
                        "this policy is on probation, because " + reason(began)
                                + ": log in again, or run portero confirm, within " + text(began.within())
                                + ", or the previous policy is put back");
            case Event.ProbationEnded ended ->
                LOG.log(ended.end().isConfirmed() ? Level.INFO : Level.WARNING, text(ended.end()));
            case Event.TableKept kept ->
                LOG.log(
                        Level.WARNING,
                        "there is no policy to enforce; Portero's table is in the kernel and stays as it is");
            case Event.NotKept notKept ->
                LOG.log(
                        Level.WARNING,
                        notKept.why() + "; the policy is enforced, but what was not written is lost at a restart");
            case Event.LeftOut leftOut -> LOG.log(Level.WARNING, leftOut.why());
            case Event.NameHeard heard -> NameLines.log(heard.news());
            case Event.ListHeard heard -> ListLines.log(heard.news());
            case Event.FoundInSync inSync -> repairsTold = 0;
            case Event.DriftFound found -> {}
            case Event.DriftRepaired repaired -> repaired(repaired);
            case Event.ContentionBegan contention ->
                LOG.log(
                        Level.ERROR,
                        contention.program() + " changes table inet portero again and again (" + contention.repairs()
                                + " repairs within a minute): repairs are slower from now on; stop that"
                                + " program, or keep it away from this table");
            case Event.ContentionEnded contention ->
                LOG.log(
                        Level.WARNING,
                        contention.program() + " has left table inet portero alone for a minute, after "
                                + contention.repairs() + " repairs");
            case Event.FlowsCut cut -> {
                say(
                        Level.INFO,
                        "flows that this host started are cut, because the policy no longer admits ",
                        some(cut.cut()),
                        "");
                say(Level.INFO, "no longer cut, because the policy admits it again: ", some(cut.returned()), "");
            }
            case Event.Draining draining ->
                LOG.log(
                        Level.INFO,
                        draining.flows().isEmpty()
                                ? "no flow is draining any more"
                                : "draining flows (they go on for a while; new ones are refused): "
                                        + draining.flows().entrySet().stream()
                                                .sorted(Map.Entry.comparingByKey())
                                                .map(e -> e.getValue() + " of " + e.getKey())
                                                .collect(Collectors.joining(", ")));
            case Event.BansChanged changed -> bans(new BansInWords(changed.changes()));
            case Event.GuestsChanged changed -> guests(changed.changes());
            case Event.MembersLeft left ->
                LOG.log(
                        Level.INFO,
                        "removed from the policy, because their time (until) is over: "
                                + FirstFew.of(left.members(), 5));
            case Event.StageChanged changed ->
                StageInWords.of(changed.news())
                        .ifPresent(words -> LOG.log(
                                changed.news() instanceof StageNews.Failing ? Level.WARNING : Level.INFO, words));
            case Event.UplinksSeen seen -> uplinks(seen);
            case Event.LookFailed failed -> failed("the kernel could not be read: ", failed.failure());
        }
    }

    private static String reason(Event.ProbationBegan began) {
        if (!began.tunnels().isEmpty()) {
            return "it may close the tunnel through which you are logged in";
        }
        return began.confirm() == Confirm.ALWAYS
                ? "safety.confirm is always"
                : "it takes away a way in to a management service";
    }

    private void uplinks(Event.UplinksSeen seen) {
        var trusted = seen.trusted();
        trusted.forEach(uplink -> LOG.log(Level.ERROR, uplink.danger()));
        if (trusted.isEmpty() && uplinkTrusted) {
            LOG.log(Level.INFO, "no uplink is trusted any more");
        }
        uplinkTrusted = !trusted.isEmpty();
    }

    private static void guests(GuestChanges changes) {
        say(Level.INFO, "the time of these guests (portero allow) is over: ", GuestsInWords.ended(changes), "");
        say(
                Level.WARNING,
                "guests put back that a restart or another program had removed: ",
                GuestsInWords.restored(changes),
                "");
        say(
                Level.WARNING,
                "removed from the sets of guests: ",
                GuestsInWords.strangers(changes),
                " (it was not added by portero allow)");
    }

    private static void bans(BansInWords told) {
        say(Level.INFO, "banned: ", told.made(), "");
        say(Level.INFO, "no longer banned: ", told.lifted(), "");
        say(Level.WARNING, "bans put back that a boot or another program had removed: ", told.restored(), "");
        say(
                Level.WARNING,
                "not banned, and removed from the set: ",
                told.undone(),
                " (portero ban --force bans it anyway)");
    }

    private static String some(List<Ip> addresses) {
        return FirstFew.of(addresses, FLOWS_SHOWN).toString();
    }

    private static void say(Level level, String before, String what, String after) {
        if (!what.isEmpty()) {
            LOG.log(level, before + what + after);
        }
    }

    private static void problems(Level level, List<Problem> problems) {
        problems.forEach(p -> LOG.log(p.severity() == Severity.WARNING ? Level.WARNING : level, p.toString()));
    }

    private void applied(Event.ApplyEnded ended) {
        var what = what(ended.origin());
        if (!(ended.outcome() instanceof Outcome.Failed)) {
            crashTold = "";
        }
        switch (ended.outcome()) {
            case Outcome.Unchanged unchanged ->
                LOG.log(
                        Level.INFO,
                        what + " is in force already; nothing was changed ("
                                + ended.trigger().word() + ")");
            case Outcome.Applied applied ->
                LOG.log(
                        ended.origin() == Origin.FILE ? Level.INFO : Level.WARNING,
                        what + " is in force (" + ended.trigger().word() + "): " + transactions(applied) + ", "
                                + ended.took().toMillis() + " ms, digest " + ended.digestAfter());
            case Outcome.Failed failed ->
                failed(
                        what + (failed.switched() ? " is in force, but the cleanup failed: " : " is not in force: "),
                        failed.failure());
        }
    }

    private void failed(String what, Failure failure) {
        var line = what + failure.sentence();
        boolean told = failure.kind() == Failure.Kind.CRASHED && line.equals(crashTold);
        crashTold = line;
        LOG.log(told ? Level.DEBUG : Level.ERROR, line);
    }

    private static String transactions(Outcome.Applied applied) {
        return applied.transactions() == 1 ? "1 transaction" : applied.transactions() + " transactions";
    }

    private static String what(Origin origin) {
        return switch (origin) {
            case FILE -> "the policy";
            case LAST_GOOD -> "the last confirmed policy";
            case FALLBACK -> "NO POLICY TO ENFORCE: the fallback, closed except for ssh,";
        };
    }

    private static String text(Probation.End end) {
        return switch (end) {
            case CONFIRMED_BY_COMMAND -> "the policy was confirmed by command";
            case CONFIRMED_BY_CONNECTION -> "the policy was confirmed by a new management connection";
            case SUPERSEDED -> "the policy on probation was replaced by one that needs none";
            case EXPIRED ->
                "the policy was not confirmed in time and is rolled back; the agent does not try it again"
                        + " until the file changes";
            case ROLLED_BACK_BY_COMMAND ->
                "the policy is rolled back by command; the agent does not try it again until the file changes";
        };
    }

    private void repaired(Event.DriftRepaired repaired) {
        var drifts =
                repaired.drifts().stream().map(Attribution.Attributed::toString).collect(Collectors.joining(", "));
        switch (repaired.outcome()) {
            case Outcome.Failed failed -> failed("drift could not be repaired (" + drifts + "): ", failed.failure());
            case Outcome.Applied applied -> {
                crashTold = "";
                if (!repaired.inContention() && repairsTold++ < REPAIRS_TOLD) {
                    LOG.log(
                            Level.WARNING,
                            "drift repaired" + stood(repaired) + ": " + drifts
                                    + (repairsTold == REPAIRS_TOLD
                                            ? " (further repairs are not logged until a check finds no drift)"
                                            : ""));
                }
            }
            case Outcome.Unchanged unchanged -> {}
        }
    }

    private static String stood(Event.DriftRepaired repaired) {
        return repaired.stood()
                .map(stood -> ", it was in the kernel for " + stood.toMillis() + " ms")
                .orElseGet(() -> " in " + repaired.took().toMillis() + " ms, found by a periodic check");
    }

    static String text(Duration duration) {
        return duration.toSeconds() < 120 ? duration.toSeconds() + " seconds" : duration.toMinutes() + " minutes";
    }
}
