package io.portero.fleet;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Signs the content of a fleet's directory, and stores it in {@code signed/}. */
public final class Signing {
    private final Signed signed;
    private final SshKeygen keygen;
    private final Clock clock;

    public Signing(Signed signed, SshKeygen keygen, Clock clock) {
        this.signed = signed;
        this.keygen = keygen;
        this.clock = clock;
    }

    /** @param signatures the number of signatures of each bundle */
    public record Done(long version, int roles, int signatures, boolean isNew) {}

    /**
     * Signs the current fleet. If the same content was signed before and has not expired, it adds a signature.
     *
     * @param version the version to use; empty for the next one
     */
    public Done fleet(FleetDirectory fleet, Path key, Optional<Long> version) throws Refusal {
        var before = signed.bundles();
        var now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        if (version.isPresent() && version.get() <= signed.version()) {
            throw new Refusal(
                    Refusal.Kind.OLDER,
                    "version " + version.get() + " is not higher than version " + signed.version()
                            + ", which is signed already; leave --version-number out for the next");
        }
        var manifests = fleet.manifests(version.orElse(signed.version() + 1), now);
        if (version.isEmpty() && isSame(before, manifests, now)) {
            return again(key);
        }
        for (var entry : manifests.entrySet()) {
            var earlier = before.containsKey(entry.getKey())
                    ? Optional.of(Manifest.parse(before.get(entry.getKey()).signed()))
                    : Optional.<Manifest>empty();
            for (var list : entry.getValue().lists()) {
                signed.keepList(
                        list, fleet.lists().getOrDefault(list.name(), ""), earlier.flatMap(e -> e.list(list.name())));
            }
        }
        return manifests(manifests, key);
    }

    private static boolean isSame(Map<String, Bundle> before, Map<String, Manifest> next, Instant now) throws Refusal {
        if (!before.keySet().equals(next.keySet())) {
            return false;
        }
        for (var entry : before.entrySet()) {
            var held = Manifest.parse(entry.getValue().signed());
            var manifest = next.get(entry.getKey());
            if (manifest == null || !held.saysAs(manifest) || !held.expires().isAfter(now)) {
                return false;
            }
        }
        return true;
    }

    /** Signs these in place of the last signed bundles. */
    public Done manifests(Map<String, Manifest> manifests, Path key) throws Refusal {
        long version = 0;
        var bundles = new TreeMap<String, Bundle>();
        for (var entry : manifests.entrySet()) {
            var text = entry.getValue().text();
            var bundle = new Bundle(text, List.of(keygen.sign(text, key)));
            Bundle.parse(bundle.bytes()); // a host would refuse it as too large, so tell the operator now
            bundles.put(entry.getKey(), bundle);
            version = entry.getValue().version();
        }
        signed.keepOnly(manifests.keySet());
        for (var entry : bundles.entrySet()) {
            signed.write(entry.getKey(), entry.getValue());
        }
        return new Done(version, manifests.size(), 1, true);
    }

    /** Adds a signature to signed bundles. */
    public Done again(Path key) throws Refusal {
        int most = 0;
        var bundles = signed.bundles();
        if (bundles.isEmpty()) {
            throw new Refusal(Refusal.Kind.UNSIGNED, "nothing is signed yet; run the command without --existing");
        }
        for (var entry : bundles.entrySet()) {
            var bundle = entry.getValue().with(keygen.sign(entry.getValue().signed(), key));
            signed.write(entry.getKey(), bundle);
            most = Math.max(most, bundle.signatures().size());
        }
        return new Done(signed.version(), bundles.size(), most, false);
    }
}
