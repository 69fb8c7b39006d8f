package io.portero.compile;

import java.util.List;
import java.util.Optional;

/**
 * What is admitted at some slots: by a service of the policy, or because no host works without it.
 *
 * @param name the chain's name while no other lane shares the slot
 * @param rules those that accept; what passes them all is refused
 * @param refused the counter of what a service refuses; none for necessary traffic
 */
record DispatchEntry(String name, List<PortSlot> slots, List<Rule> rules, Optional<String> refused) {
    DispatchEntry {
        slots = List.copyOf(slots);
        rules = List.copyOf(rules);
    }
}
