package io.portero.guests;

import io.portero.state.AuditTrail;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes orders about guests into the audit trail: who let which source in, until when and why, and who ended it. */
public final class GuestAudit {
    private final AuditTrail trail;
    private final Clock clock;

    public GuestAudit(AuditTrail trail, Clock clock) {
        this.trail = trail;
        this.clock = clock;
    }

    public void write(GuestOrder order, GuestReport report) {
        for (var guest : report.guests()) {
            Map<String, String> entry = new LinkedHashMap<>();
            switch (order) {
                case GuestOrder.Allow allow -> {
                    entry.put("event", "allow");
                    name(entry, guest);
                    entry.put("until", guest.until().toString());
                    entry.put("by", guest.by().name());
                    if (!guest.note().isEmpty()) {
                        entry.put("why", guest.note());
                    }
                }
                case GuestOrder.End end -> {
                    entry.put("event", "disallow");
                    name(entry, guest);
                    entry.put("of", guest.by().name());
                    entry.put("by", end.who().name());
                }
            }
            trail.append(clock.instant(), entry);
        }
    }

    private static void name(Map<String, String> entry, Guest guest) {
        entry.put("address", guest.what().toString());
        entry.put("service", guest.service());
    }
}
