package io.portero.fleet;

import io.portero.fleet.OperatorStore.StoredObject;
import io.portero.fleet.Transport.Slot;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Removes lists from the store that no stored bundle names any more, so that the store does not grow for ever.
 *
 * <p>The store keeps the last 16 bundles of each role, and {@code portero fleet back} can return to each of them: their
 * lists stay, and so do those of a roll. A list is removed only after a week, because a push uploads lists before
 * bundles. Its age is measured by the newest list in the store: a wrong clock removes nothing. Objects with other names
 * are not touched.
 */
public final class OldLists {
    private static final Duration KEPT = Duration.ofDays(7);

    /** The form of {@link ListDelta#name}. */
    private static final int SHORT = 32;

    private static final Pattern WHOLE = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern DIFFERENCE = Pattern.compile("[0-9a-f]{32}-[0-9a-f]{32}");

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
        /** Nothing if there was nothing to remove. */
        public Optional<String> sentence() {
            return objects == 0
                    ? Optional.empty()
                    : Optional.of("removed from the store what no version there names any more: "
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
                .filter(o -> isUnnamed(o.name(), named))
                .toList();
        for (var object : old) {
            store.deleteObject(object.name());
        }
        return new Removed(
                old.size(), old.stream().mapToLong(StoredObject::bytes).sum());
    }

    /** The prefixes of the hashes, because the name of a difference contains only these. */
    private Set<String> named() throws IOException {
        var named = new HashSet<String>();
        for (var role : store.roles()) {
            add(store.history(role), named);
            add(
                    store.get(Slot.NEXT, role).map(OperatorStore.Entry::value).stream()
                            .toList(),
                    named);
        }
        return named;
    }

    private static void add(Collection<byte[]> bundles, Set<String> named) {
        for (var bytes : bundles) {
            try {
                Manifest.parse(Bundle.parse(bytes).signed()).lists().forEach(l -> named.add(shortened(l.hash())));
            } catch (Refusal e) {
                // An invalid bundle names no list.
            }
        }
    }

    private static String shortened(String hash) {
        return hash.substring(0, SHORT);
    }

    /** A difference is needed as long as its target list. */
    private static boolean isUnnamed(String object, Set<String> named) {
        if (WHOLE.matcher(object).matches()) {
            return !named.contains(shortened(object));
        }
        return DIFFERENCE.matcher(object).matches() && !named.contains(object.substring(SHORT + 1));
    }
}
