package io.portero.drift;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One transaction of another program that changed our table.
 *
 * @param seenNanos when it was reported, by {@link System#nanoTime()}
 * @param changes the first changes, as nft prints them
 * @param touched the changed objects, up to a limit
 * @param tableGone whether our table was gone afterwards
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
     * @param name its own name, or that of its chain or set
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

    /** Whether it only added members to these sets or removed them. */
    public boolean isOnlyMembersOf(Collection<String> sets) {
        return touched.stream().allMatch(t -> t.kind().equals("element") && sets.contains(t.name()));
    }

    boolean touches(String object) {
        return touched.stream().anyMatch(t -> t.name().equals(object));
    }
}
