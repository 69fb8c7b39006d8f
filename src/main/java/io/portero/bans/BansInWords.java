package io.portero.bans;

import io.portero.policy.FirstFew;
import java.util.List;

/** Says what became of bans, for people; of many, the first few. */
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
