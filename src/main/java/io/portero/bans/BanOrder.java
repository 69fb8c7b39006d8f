package io.portero.bans;

import io.portero.plan.TimedNote;
import io.portero.policy.AddressRange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** An order about bans. */
public sealed interface BanOrder {

    /**
     * Bans addresses.
     *
     * @param forced whether to overrule the guard
     * @param only whether to lift every other ban of this owner
     */
    record Make(Owner by, boolean forced, boolean only, List<Wanted> wanted) implements BanOrder {
        public Make {
            wanted = List.copyOf(wanted);
        }
    }

    /**
     * A target of a ban.
     *
     * @param lasting the duration; empty for a ban without an end
     * @param note in the form of {@link TimedNote}
     */
    record Wanted(AddressRange what, Optional<Duration> lasting, String note) {
        public Wanted {
            note = TimedNote.of(note);
        }
    }

    /**
     * Lifts bans.
     *
     * @param by the bans of this owner; empty for all owners
     * @param what the bans of these targets; empty for all
     */
    record Lift(Optional<Owner> by, Optional<List<AddressRange>> what) implements BanOrder {
        public Lift {
            what = what.map(List::copyOf);
        }

        /** Whether it may also apply to bans that the kernel makes by itself. */
        boolean concernsLimits() {
            return by.filter(o -> !o.isLimit()).isEmpty();
        }
    }
}
