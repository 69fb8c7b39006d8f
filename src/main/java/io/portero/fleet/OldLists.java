package io.portero.fleet;

import io.portero.fleet.OperatorStore.StoredObject;
import io.portero.fleet.Transport.Slot;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Removes lists from the store that no stored bundle names any more, so that the store does not grow for ever.
 *
 * <p>The store keeps the last 16 bundles of each role, and {@code portero fleet back} can return to each of them: their
 * lists stay, and so do those of a roll. A list is removed only after a week, because a push uploads lists before
 * bundles. Its age is measured by the newest list in the store: a wrong clock removes nothing. Objects with other names
 * are not touched.
 */
public final class OldLists {
    static final Duration KEPT = Duration.ofDays(7);

    private final OperatorStore store;
    private final Duration kept;

    public OldLists(OperatorStore store) {
        this(store, KEPT);
    }

    OldLists(OperatorStore store, Duration kept) {
        this.store = store;
        this.kept = kept;
    }

    /** The number of removed objects (lists and differences of lists), and their total size. */
    public record Removed(int objects, long bytes) {
        /**
         * Nothing if there was nothing to remove.
         *
         * @param place where they were, such as {@code the store}
         */
        public Optional<String> sentence(String place) {
            return objects == 0
                    ? Optional.empty()
                    : Optional.of("removed from " + place + " what no version there names any more: "
                            + (objects == 1 ? "1 list" : objects + " lists") + ", " + bytes + " bytes");
        }
    }

    public Removed remove() throws IOException {
        var objects = store.objects();
        var newest = objects.stream().map(StoredObject::since).max(Instant::compareTo);
        if (newest.isEmpty()) {
            return new Removed(0, 0);
        }
        var named = named();
        var old = objects.stream()
                .filter(o -> o.since().isBefore(newest.get().minus(kept)))
                .filter(o -> named.isUnnamed(o.name()))
                .toList();
        for (var object : old) {
            store.deleteObject(object.name());
        }
        return new Removed(
                old.size(), old.stream().mapToLong(StoredObject::bytes).sum());
    }

    private NamedLists named() throws IOException {
        var named = new NamedLists();
        for (var role : store.roles()) {
            store.history(role).forEach(named::add);
            store.get(Slot.NEXT, role).map(OperatorStore.Entry::value).ifPresent(named::add);
        }
        return named;
    }
}
