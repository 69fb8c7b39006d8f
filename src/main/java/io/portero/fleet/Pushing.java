package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import io.portero.fleet.Transport.Slot;
import java.io.IOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** Uploads signed bundles into the store: lists first, so that no host sees a bundle without its lists. */
public final class Pushing {
    private static final int TRIES = 8;

    private final OperatorStore store;
    private final Signed signed;
    private final Clock clock;

    public Pushing(OperatorStore store, Signed signed, Clock clock) {
        this.store = store;
        this.signed = signed;
        this.clock = clock;
    }

    /**
     * The content to push.
     *
     * @param bundles by role, all of one version
     */
    public record Load(long version, Map<String, Bundle> bundles) {}

    public Load load() throws Refusal {
        var bundles = signed.bundles();
        if (bundles.isEmpty()) {
            throw new Refusal(Kind.UNSIGNED, "nothing is signed yet; sign it: portero fleet sign");
        }
        long version = 0;
        for (var bundle : bundles.values()) {
            var manifest = Manifest.parse(bundle.signed());
            if (version != 0 && manifest.version() != version) {
                throw new Refusal(
                        Kind.OLDER, "signed/ holds bundles of several versions; sign again: portero fleet sign");
            }
            if (!manifest.expires().isAfter(clock.instant())) {
                throw new Refusal(
                        Kind.EXPIRED,
                        "version " + manifest.version() + " expired at " + manifest.expires()
                                + "; sign again: portero fleet sign");
            }
            version = manifest.version();
        }
        return new Load(version, bundles);
    }

    /** A push is refused during a roll. */
    public void requireNoRoll() throws IOException, Refusal {
        var roll = store.roll().flatMap(e -> RollState.parse(e.value()));
        if (roll.filter(r -> r.isAttended(clock.instant())).isPresent()) {
            throw new Refusal(Kind.OLDER, roll.get().sentence() + "; wait for it, or end it with portero fleet back");
        }
    }

    /** @param progress called with the number of finished objects and their total */
    public void lists(Load load, BiConsumer<Integer, Integer> progress) throws IOException, Refusal {
        var objects = new TreeMap<String, byte[]>();
        for (var bundle : load.bundles().values()) {
            for (var list : Manifest.parse(bundle.signed()).lists()) {
                if (signed.list(list).isPresent() || !store.hasObject(list.hash())) {
                    objects.putAll(signed.objectsOf(list));
                }
            }
        }
        int done = 0;
        for (var object : objects.entrySet()) {
            if (!store.hasObject(object.getKey())) {
                store.putObject(object.getKey(), object.getValue());
            }
            progress.accept(++done, objects.size());
        }
    }

    /**
     * For every host of each role, at once. Lists are checked once more, because another operator may have removed one
     * meanwhile.
     */
    public void bundles(Load load) throws IOException, Refusal {
        for (var entry : load.bundles().entrySet()) {
            put(Slot.BUNDLE, entry.getKey(), entry.getValue(), load.version());
        }
        lists(load, (done, all) -> {});
    }

    /** Reads again after a conflict, because the value may have come from a node that is not up to date. */
    void put(Slot slot, String role, Bundle bundle, long version) throws IOException, Refusal {
        for (int attempt = 1; !isPut(slot, role, bundle, version); attempt++) {
            if (attempt == TRIES) {
                throw new Refusal(
                        Kind.OLDER,
                        "somebody else pushed the role " + role + " at the same time; see portero fleet status");
            }
            RollRecord.pause();
        }
    }

    private boolean isPut(Slot slot, String role, Bundle bundle, long version) throws IOException, Refusal {
        var there = store.get(slot, role);
        if (there.isPresent() && Arrays.equals(there.get().value(), bundle.bytes())) {
            return true;
        }
        requireNewer(there, bundle, version, role);
        try {
            store.put(
                    slot,
                    role,
                    bundle.bytes(),
                    there.map(OperatorStore.Entry::revision).orElse(0L));
            return true;
        } catch (OperatorStore.Conflict e) {
            return false;
        }
    }

    /** Checks that every host could still take it. */
    void requireNewest(Load load) throws IOException, Refusal {
        for (var entry : load.bundles().entrySet()) {
            requireNewer(store.get(Slot.BUNDLE, entry.getKey()), entry.getValue(), load.version(), entry.getKey());
        }
    }

    /** An invalid value counts as older than anything. */
    private static void requireNewer(Optional<OperatorStore.Entry> there, Bundle bundle, long version, String role)
            throws Refusal {
        String held;
        long heldVersion;
        try {
            held = there.isEmpty() ? "" : Bundle.parse(there.get().value()).signed();
            heldVersion = held.isEmpty() ? 0 : Manifest.parse(held).version();
        } catch (Refusal e) {
            return;
        }
        if (heldVersion > version || (heldVersion == version && !held.equals(bundle.signed()))) {
            throw new Refusal(
                    Kind.OLDER,
                    "the store holds version " + heldVersion + " for the role " + role + " already; sign a higher one: "
                            + "portero fleet sign --version-number " + (heldVersion + 1));
        }
    }
}
