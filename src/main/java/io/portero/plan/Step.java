package io.portero.plan;

import io.portero.compile.Chain;
import io.portero.compile.NamedSet;
import io.portero.compile.VerdictMap;
import io.portero.policy.AddressRange;
import java.util.List;
import java.util.Optional;

/** One thing to be done to the table so that it holds what the policy says. */
public sealed interface Step extends Statement {

    /** Adds to the table, and leaves what it holds as it is. */
    sealed interface Addition extends Step {}

    /** Anything else. */
    sealed interface Command extends Step {}

    /** Makes the table, or wakes it when it sleeps. */
    record AddTable() implements Command {}

    /** Makes the table; refused as a whole when there is one. */
    record CreateTable() implements Command {}

    record AddCounter(String name) implements Addition {}

    /** Makes the set with its members. */
    record AddSet(NamedSet set) implements Addition {}

    /**
     * Takes members out of a set and puts others in; ranges are given exactly as they are to be, or are, in the kernel.
     *
     * @param refill all members as they are to be, where it costs less to put all of them in anew
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

    /** Makes the map with its elements. */
    record AddMap(VerdictMap map) implements Addition {}

    /** Takes elements out of a map and puts others in. */
    record ChangeElements(String map, List<String> remove, List<String> add) implements Command {
        public ChangeElements {
            remove = List.copyOf(remove);
            add = List.copyOf(add);
        }
    }

    /** Makes the chain, empty. */
    record AddChain(Chain chain) implements Addition {}

    /** Puts the chain's rules in, behind what it holds. */
    record FillChain(Chain chain) implements Addition {}

    record FlushChain(String name) implements Command {}

    /** Takes an object away that nothing refers to any more; {@code kind} is nft's word. */
    record Delete(String kind, String name) implements Command {}
}
