package io.portero.compile;

import java.util.List;
import java.util.Optional;

/**
 * What is admitted at some port slots: by a service of the policy, or because no host works without it.
 *
 * @param name the chain's name while no other entry shares the slot
 * @param rules those that accept
 * @param otherwise those for packets to this host that no rule accepts; the last of them is final
 * @param refused the counter of what a service refuses; none for necessary traffic
 */
record DispatchEntry(
        String name, List<PortSlot> slots, List<Rule> rules, List<Rule> otherwise, Optional<String> refused) {
    DispatchEntry {
        slots = List.copyOf(slots);
        rules = List.copyOf(rules);
        otherwise = List.copyOf(otherwise);
    }
}
