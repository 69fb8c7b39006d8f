package io.portero.guests;

import io.portero.bans.Owner;
import io.portero.plan.TimedNote;
import io.portero.policy.AddressRange;
import java.time.Duration;
import java.util.Optional;

/** What somebody wants to be done about a guest. */
public sealed interface GuestOrder {

    /** To let a source in for a while. */
    record Allow(String service, AddressRange what, Owner by, Duration lasting, String note) implements GuestOrder {
        public Allow {
            note = TimedNote.of(note);
        }
    }

    /**
     * To end that.
     *
     * @param service of which service; without it, of all
     * @param by whose guests; without it, everybody's
     * @param who who orders it, for the audit trail
     */
    record End(AddressRange what, Optional<String> service, Optional<Owner> by, Owner who) implements GuestOrder {
        boolean concerns(Guest guest) {
            return guest.what().equals(what)
                    && service.filter(s -> !s.equals(guest.service())).isEmpty()
                    && by.filter(o -> !o.equals(guest.by())).isEmpty();
        }
    }
}
