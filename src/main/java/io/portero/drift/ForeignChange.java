package io.portero.drift;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of somebody else that touched our table.
 *
 * @param seenNanos when it was told of, by {@link System#nanoTime()}
 * @param changes the first of them, as nft words them
 * @param touched what was touched, without those beyond a bound
 * @param tableGone whether it left no table of ours
 */
public record ForeignChange(
        long seenNanos, Culprit culprit, List<String> changes, Set<Touched> touched, boolean tableGone) {
    public ForeignChange {
        changes = List.copyOf(changes);
        touched = Set.copyOf(touched);
    }

    /**
     * An object that was added, changed or deleted.
     *
     * @param kind nft's word for it
     * @param name its own name, or that of the chain or set that it is in
     */
    public record Touched(String kind, String name) {
        /** Written by hand: in a native executable the generated methods of a record take microseconds. */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Touched that && kind.equals(that.kind) && name.equals(that.name);
        }

        @Override
        public int hashCode() {
            return 31 * kind.hashCode() + name.hashCode();
        }
    }

    /** Whether it only put members into these sets or took them out. */
    public boolean isOnlyMembersOf(Collection<String> sets) {
        return touched.stream().allMatch(t -> t.kind().equals("element") && sets.contains(t.name()));
    }

    boolean touches(String object) {
        return touched.stream().anyMatch(t -> t.name().equals(object));
    }
}
