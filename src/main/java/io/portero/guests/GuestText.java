package io.portero.guests;

import io.portero.bans.Owner;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.policy.Name;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Guests as text, one line each: {@code guest UNTIL SERVICE WHAT OWNER NOTE}, separated by tabs. Other lines are
 * skipped.
 */
public final class GuestText {
    private static final String GUEST = "guest";
    private static final int WORDS = 6;

    private GuestText() {}

    static String of(GuestList guests) {
        return guests.all().stream().map(g -> line(g) + "\n").collect(Collectors.joining());
    }

    public static String line(Guest guest) {
        return String.join(
                "\t",
                GUEST,
                guest.until().toString(),
                guest.service(),
                guest.what().toString(),
                guest.by().name(),
                guest.note());
    }

    static GuestList parse(String text) {
        var guests = GuestList.EMPTY;
        for (var line : text.lines().toList()) {
            var guest = guest(line);
            if (guest.isPresent()) {
                guests = guests.with(guest.get());
            }
        }
        return guests;
    }

    public static Optional<Guest> guest(String line) {
        var words = List.of(line.split("\t", WORDS));
        if (words.size() < WORDS || !words.getFirst().equals(GUEST) || !Name.isValid(words.get(2))) {
            return Optional.empty();
        }
        try {
            return Optional.of(new Guest(
                    words.get(2),
                    AddressRange.parse(words.get(3)),
                    Owner.parse(words.get(4)),
                    Instant.parse(words.get(1)),
                    words.get(5)));
        } catch (Ip.NotAnAddress | DateTimeException | Owner.NotAnOwner e) {
            return Optional.empty();
        }
    }
}
