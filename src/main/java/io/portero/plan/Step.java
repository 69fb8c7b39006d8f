package io.portero.plan;

import io.portero.compile.Chain;
import io.portero.compile.NamedSet;
import io.portero.compile.VerdictMap;
import io.portero.policy.AddressRange;
import java.util.List;
import java.util.Optional;

/** One change of the table towards what the policy says. */
public sealed interface Step extends Statement {

    /** Adds to the table and leaves its content unchanged. */
    sealed interface Addition extends Step {}

    /** Any other change. */
    sealed interface Command extends Step {}

    /** Creates the table, or wakes it if it is dormant. */
    record AddTable() implements Command {}

    /** Creates the table; the transaction fails if it exists. */
    record CreateTable() implements Command {}

    record AddCounter(String name) implements Addition {}

    /** Creates the set with its members. */
    record AddSet(NamedSet set) implements Addition {}

    /**
     * Removes members from a set and adds others; ranges are given exactly as they are in the kernel, or should be.
     *
     * @param refill all wanted members, if a complete refill costs less
     */
    record ChangeMembers(
            String set, List<AddressRange> remove, List<AddressRange> add, Optional<List<AddressRange>> refill)
            implements Command {
        public ChangeMembers {
            remove = List.copyOf(remove);
            add = List.copyOf(add);
            refill = refill.map(List::copyOf);
        }
    }

    /** Creates the map with its elements. */
    record AddMap(VerdictMap map) implements Addition {}

    /** Removes elements from a map and adds others. */
    record ChangeElements(String map, List<String> remove, List<String> add) implements Command {
        public ChangeElements {
            remove = List.copyOf(remove);
            add = List.copyOf(add);
        }
    }

    /** Creates the chain, empty. */
    record AddChain(Chain chain) implements Addition {}

    /** Appends the chain's rules. */
    record FillChain(Chain chain) implements Addition {}

    record FlushChain(String name) implements Command {}

    /** Removes an object that nothing refers to; {@code kind} is nft's word. */
    record Delete(String kind, String name) implements Command {}
}
