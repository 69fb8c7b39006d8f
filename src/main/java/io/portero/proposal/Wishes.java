package io.portero.proposal;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import java.util.List;
import java.util.Optional;

/** The sources that the operator names, each written as a group member; may be empty. */
public record Wishes(List<String> admins, List<String> itsp, List<String> monitoring) {
    public Wishes {
        admins = List.copyOf(admins);
        itsp = List.copyOf(itsp);
        monitoring = List.copyOf(monitoring);
    }

    /** The words that are addresses, ranges or networks; addresses of names and lists are not known here. */
    static List<AddressRange> literals(List<String> words) {
        return words.stream().flatMap(w -> literal(w).stream()).toList();
    }

    static Optional<AddressRange> literal(String word) {
        try {
            return Optional.of(AddressRange.parse(word));
        } catch (Ip.NotAnAddress e) {
            return Optional.empty(); // a name, or a list
        }
    }
}
