package io.portero.guests;

import io.portero.policy.FirstFew;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Collectors;

/** Describes changes of guests in words. */
public final class GuestsInWords {
    private static final int NAMED = 5;

    private GuestsInWords() {}

    /** The effect of an order; empty if it changed nothing. */
    public static Optional<String> ordered(GuestOrder order, GuestReport report) {
        if (report.failure().isPresent() || report.guests().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (order) {
                    case GuestOrder.Allow allow ->
                        "let in for a while: "
                                + report.guests().stream()
                                        .map(GuestsInWords::whole)
                                        .collect(Collectors.joining(", "));
                    case GuestOrder.End end ->
                        "no longer let in, ended by " + end.who() + ": " + FirstFew.of(report.guests(), NAMED);
                });
    }

    private static String whole(Guest guest) {
        return guest + " until " + guest.until().truncatedTo(ChronoUnit.SECONDS)
                + (guest.note().isEmpty() ? "" : " (" + guest.note() + ")");
    }

    public static String ended(GuestChanges changes) {
        return FirstFew.of(changes.ended(), NAMED).toString();
    }

    public static String restored(GuestChanges changes) {
        return FirstFew.of(changes.restored(), NAMED).toString();
    }

    public static String strangers(GuestChanges changes) {
        return FirstFew.of(changes.strangers(), NAMED).toString();
    }
}
