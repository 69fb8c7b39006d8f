package io.portero.compile;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is admitted at some port slots: by a service of the policy, or because no host works without it.
 *
 * @param name the chain's name while no other entry shares the slot
 * @param allowance packets that each source may send in an hour; where entries share a slot the largest is asked first
 * @param rules those that accept
 * @param strangers for packets to this host that no rule accepts, and that are counted as refused
 * @param otherwise for packets to this host that no rule accepts; the last of them is final
 * @param refused the counter of what a service refuses; none for necessary traffic
 */
record DispatchEntry(
        String name,
        long allowance,
        List<PortSlot> slots,
        List<Rule> rules,
        List<Rule> strangers,
        List<Rule> otherwise,
        Optional<String> refused) {
    static final Comparator<DispatchEntry> GENEROUS_FIRST =
            Comparator.comparingLong((DispatchEntry e) -> -e.allowance()).thenComparing(DispatchEntry::name);

    DispatchEntry {
        slots = List.copyOf(slots);
        rules = List.copyOf(rules);
        strangers = List.copyOf(strangers);
        otherwise = List.copyOf(otherwise);
    }

    /** Written by hand: in a native executable the generated comparison of a record takes 140 microseconds. */
    @Override
    public boolean equals(@Nullable Object other) {
        return this == other
                || other instanceof DispatchEntry that
                        && name.equals(that.name)
                        && allowance == that.allowance
                        && slots.equals(that.slots)
                        && rules.equals(that.rules)
                        && strangers.equals(that.strangers)
                        && otherwise.equals(that.otherwise)
                        && refused.equals(that.refused);
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, allowance, slots, rules, strangers, otherwise, refused);
    }
}
