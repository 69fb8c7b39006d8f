package io.portero.cli;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.FirstFew;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A set of addresses in words; of a set that is nearly everything, it names what is not in it. */
final class AddressesInWords {
    private static final int SHOWN = 4;

    private AddressesInWords() {}

    /** {@code 203.0.113.0/24, 2001:db8::7}, or {@code all addresses except 192.0.2.66}. */
    static String of(AddressSet addresses) {
        var all = Stream.of(Family.values())
                .filter(family -> isNearlyAll(addresses, family))
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(Family.class)));
        var listed = addresses.ranges().stream()
                .filter(range -> !all.contains(range.family()))
                .toList();
        return Stream.of(FirstFew.of(listed, SHOWN).toString(), allExcept(all, addresses))
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /** Whether the rest of this family is fewer ranges than what is in the set. */
    private static boolean isNearlyAll(AddressSet addresses, Family family) {
        return rest(addresses, family).rangeCount() < addresses.only(family).rangeCount();
    }

    private static AddressSet rest(AddressSet addresses, Family family) {
        return AddressSet.of(AddressRange.everything(family)).minus(addresses);
    }

    private static String allExcept(Set<Family> families, AddressSet addresses) {
        if (families.isEmpty()) {
            return "";
        }
        var rest = families.stream().map(family -> rest(addresses, family)).reduce(AddressSet.EMPTY, AddressSet::union);
        var name = families.containsAll(EnumSet.allOf(Family.class))
                ? ""
                : families.contains(Family.V4) ? "IPv4 " : "IPv6 ";
        return "all " + name + "addresses" + (rest.isEmpty() ? "" : " except " + FirstFew.of(rest.ranges(), SHOWN));
    }
}
