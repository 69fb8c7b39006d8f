package io.portero.bans;

import io.portero.plan.TimedNote;
import io.portero.policy.AddressRange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What somebody wants to be done about bans. */
public sealed interface BanOrder {

    /**
     * To ban.
     *
     * @param forced whether the guard is to be overruled
     * @param only whether every other ban of this owner is to be lifted
     */
    record Make(Owner by, boolean forced, boolean only, List<Wanted> wanted) implements BanOrder {
        public Make {
            wanted = List.copyOf(wanted);
        }
    }

    /**
     * What is to be banned.
     *
     * @param lasting none for a ban without an end
     * @param note in the form of {@link TimedNote}
     */
    record Wanted(AddressRange what, Optional<Duration> lasting, String note) {
        public Wanted {
            note = TimedNote.of(note);
        }
    }

    /**
     * To lift bans.
     *
     * @param by whose bans; without it, everybody's
     * @param what which ones; without it, all
     */
    record Lift(Optional<Owner> by, Optional<List<AddressRange>> what) implements BanOrder {
        public Lift {
            what = what.map(List::copyOf);
        }

        /** Whether it may concern bans that the kernel makes by itself. */
        boolean concernsLimits() {
            return by.filter(o -> !o.isLimit()).isEmpty();
        }
    }
}
