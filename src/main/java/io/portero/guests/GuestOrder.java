package io.portero.guests;

import io.portero.bans.Owner;
import io.portero.plan.TimedNote;
import io.portero.policy.AddressRange;
import java.time.Duration;
import java.util.Optional;

/** An order about a guest. */
public sealed interface GuestOrder {

    /** Lets a source in for a limited time. */
    record Allow(String service, AddressRange what, Owner by, Duration lasting, String note) implements GuestOrder {
        public Allow {
            note = TimedNote.of(note);
        }
    }

    /**
     * Ends guests.
     *
     * @param service the guests of this service; null for all services
     * @param by the guests of this owner; null for all owners
     * @param who who gives the order, for the audit trail
     */
    record End(AddressRange what, Optional<String> service, Optional<Owner> by, Owner who) implements GuestOrder {
        boolean concerns(Guest guest) {
            return guest.what().equals(what)
                    && service.filter(s -> !s.equals(guest.service())).isEmpty()
                    && by.filter(o -> !o.equals(guest.by())).isEmpty();
        }
    }
}
