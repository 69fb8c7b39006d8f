package io.portero.bans;

import io.portero.bans.BanReport.Item;
import io.portero.bans.BanReport.Result;
import io.portero.policy.AddressRange;
import io.portero.policy.FirstFew;
import io.portero.state.AuditTrail;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Writes orders and their results into the audit trail: one line for each order, and one for each address that was
 * spared.
 */
public final class BanAudit {
    private static final int NAMED = 5;
    /** If a list spares more addresses, the last line says how many more. */
    private static final int SPARED = 20;

    private final AuditTrail trail;
    private final Clock clock;

    public BanAudit(AuditTrail trail, Clock clock) {
        this.trail = trail;
        this.clock = clock;
    }

    public void write(BanOrder order, BanReport report) {
        if (report.failure().isPresent()) {
            return;
        }
        var done = report.with(Result.DONE).stream().map(Item::what).toList();
        switch (order) {
            case BanOrder.Make make -> {
                spared(make, report.with(Result.SPARED));
                if (!done.isEmpty()) {
                    append(
                            "ban",
                            done,
                            "until",
                            until(make, done),
                            "by",
                            make.by().name());
                }
                if (report.others() > 0) {
                    append("unban", List.of(), "by", make.by().name(), "bans", String.valueOf(report.others()));
                }
            }
            case BanOrder.Lift lift -> {
                if (!done.isEmpty()) {
                    append("unban", done, "by", lift.by().map(Owner::name).orElse(""));
                }
            }
        }
    }

    private void spared(BanOrder.Make order, List<Item> spared) {
        spared.stream()
                .limit(SPARED)
                .forEach(item -> append(
                        "ban_refused",
                        List.of(item.what()),
                        "why",
                        item.says(),
                        "by",
                        order.by().name()));
        if (spared.size() > SPARED) {
            append(
                    "ban_refused",
                    List.of(),
                    "why",
                    spared.size() - SPARED + " more",
                    "by",
                    order.by().name());
        }
    }

    private String until(BanOrder.Make order, List<AddressRange> done) {
        var lasting = new TreeMap<AddressRange, Optional<java.time.Duration>>();
        order.wanted().forEach(w -> lasting.put(w.what(), w.lasting()));
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        var ends = done.stream()
                .map(what -> lasting.getOrDefault(what, Optional.empty())
                        .map(now::plus)
                        .map(Instant::toString)
                        .orElse("ever"))
                .distinct()
                .toList();
        return FirstFew.of(ends, 2).toString();
    }

    private void append(String event, List<AddressRange> what, String... keysAndValues) {
        Map<String, String> entry = new LinkedHashMap<>();
        entry.put("event", event);
        if (!what.isEmpty()) {
            entry.put("address", FirstFew.of(what, NAMED).toString());
        }
        for (int i = 0; i < keysAndValues.length; i += 2) {
            if (!keysAndValues[i + 1].isEmpty()) {
                entry.put(keysAndValues[i], keysAndValues[i + 1]);
            }
        }
        trail.append(clock.instant(), entry);
    }
}
