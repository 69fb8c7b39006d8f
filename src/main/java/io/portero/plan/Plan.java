package io.portero.plan;

import io.portero.compile.NamedSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What is to be done so that the kernel holds what the policy says. */
public sealed interface Plan {

    /** Nothing: it does already. */
    record Keep() implements Plan {}

    /**
     * Up to four transactions, each whole or not at all.
     *
     * <p>Rules that switch to sets which are new in the same transaction look into them before they are filled (measured:
     * up to 4.7 ms at 10,000 members), so what is new is filled before. After each transaction the table admits whom the old
     * and the new rules admit, and nobody whom neither admits; so it stays when the next one fails.
     *
     * @param fill makes what nothing refers to yet, and lets in early whom both policies let in
     * @param switchOver the one transaction that changes what is enforced
     * @param clear takes away what nothing refers to any more
     * @param settle gives sets that had to be made anew under a passing name their own names back; changes nothing of what is
     *     enforced, and is empty but where the members of a set and the ports that lead to it change together, or the kernel cannot change
     *     a set in place
     */
    record Update(List<Step> fill, List<Step> switchOver, List<Step> clear, List<Step> settle) implements Plan {
        public Update {
            fill = List.copyOf(fill);
            switchOver = List.copyOf(switchOver);
            clear = List.copyOf(clear);
            settle = List.copyOf(settle);
        }

        /** The sets that are there only from the first transaction to the last. */
        public Set<String> passingSets() {
            return settle.stream()
                    .flatMap(step -> step instanceof Step.Delete(var kind, var name) ? Stream.of(name) : Stream.empty())
                    .collect(Collectors.toUnmodifiableSet());
        }

        /** Whether it does more than exchange members of sets. */
        public boolean changesRules() {
            return transactions().stream().flatMap(List::stream).anyMatch(Update::isAboutRules);
        }

        private static boolean isAboutRules(Step step) {
            return !(step instanceof Step.ChangeMembers);
        }

        /** The sets with timeouts that it makes, which are empty then: others put members there. */
        public List<String> timedSetsMade() {
            return transactions().stream()
                    .flatMap(List::stream)
                    .flatMap(s -> s instanceof Step.AddSet(NamedSet.Timed set) ? Stream.of(set.name()) : Stream.empty())
                    .toList();
        }

        /** The transactions that have anything to do, in order. */
        public List<List<Step>> transactions() {
            return Stream.of(fill, switchOver, clear, settle)
                    .filter(t -> !t.isEmpty())
                    .toList();
        }
    }

    /** Takes the whole table away. */
    record Remove() implements Plan {}
}
