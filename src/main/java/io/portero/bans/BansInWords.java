package io.portero.bans;

import io.portero.policy.FirstFew;
import java.util.List;
import java.util.Optional;

/** Describes changes of bans in words; of many, the first few. */
public final class BansInWords {
    private static final int NAMED = 5;

    private final BanChanges changes;

    public BansInWords(BanChanges changes) {
        this.changes = changes;
    }

    public String made() {
        return some(changes.made().stream()
                .map(b -> b.what() + " by " + b.by() + until(b))
                .toList());
    }

    public String lifted() {
        return some(addresses(changes.lifted()));
    }

    public String restored() {
        return some(addresses(changes.restored()));
    }

    public String undone() {
        return some(changes.undone().values().stream().sorted().toList());
    }

    /** The effect of an order; nothing if it changed nothing. */
    public static Optional<String> ordered(BanOrder order, BanReport report) {
        var done = some(report.with(BanReport.Result.DONE).stream()
                .map(i -> i.what().toString())
                .toList());
        var others = report.others() > 0 ? ", no longer banned: " + report.others() + " more" : "";
        return report.failure().isPresent() || (done + others).isEmpty()
                ? Optional.empty()
                : Optional.of(
                        switch (order) {
                            case BanOrder.Make make -> "banned by " + make.by() + ": " + done + others;
                            case BanOrder.Lift lift ->
                                "no longer banned"
                                        + lift.by().map(o -> " by " + o).orElse("") + ": " + done;
                        });
    }

    private static List<String> addresses(List<Ban> bans) {
        return bans.stream().map(b -> b.what().toString()).toList();
    }

    private static String until(Ban ban) {
        return ban.until()
                .map(u -> " until " + u.truncatedTo(java.time.temporal.ChronoUnit.SECONDS))
                .orElse(" without an end");
    }

    private static String some(List<String> all) {
        return FirstFew.of(all, NAMED).toString();
    }
}
