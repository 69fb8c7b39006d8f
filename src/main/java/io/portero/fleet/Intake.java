package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;

/**
 * Accepts a verified bundle: fetches missing lists, composes the policy and puts it in place.
 *
 * <p>The policy is renamed into place last, so that its readers find every list. After any failure the old policy stays
 * in place.
 */
final class Intake {
    private final HostSettings settings;
    private final FleetFiles files;
    private final Verifier verifier;
    private final Transport transport;
    private Optional<Manifest> taken;
    /** The bundle of the current policy. */
    private byte[] takenBytes;

    private Optional<String> placed;

    Intake(HostSettings settings, FleetFiles files, SshKeygen keygen, Transport transport, Path work, Clock clock) {
        this.settings = settings;
        this.files = files;
        this.transport = transport;
        this.verifier = new Verifier(
                keygen,
                new Verifier.Trust(
                        settings.fleet(),
                        settings.role(),
                        settings.allowedSigners(),
                        settings.revokedKeys(),
                        settings.signers(),
                        work),
                clock);
        var bundle = files.taken();
        this.taken = bundle.flatMap(Intake::parsed);
        this.takenBytes = bundle.map(Bundle::bytes).orElseGet(() -> new byte[0]);
        this.placed = files.policy();
    }

    private static Optional<Manifest> parsed(Bundle bundle) {
        try {
            return Optional.of(Manifest.parse(bundle.signed()));
        } catch (Refusal e) {
            return Optional.empty();
        }
    }

    long version() {
        return taken.map(Manifest::version).orElse(0L);
    }

    /** When the current bundle expires; it stays in place even then. */
    Optional<Instant> expires() {
        return taken.map(Manifest::expires);
    }

    /** Versions increase across all roles of a fleet; another fleet has its own versions. */
    private long latest() {
        return taken.filter(t -> t.fleet().equals(settings.fleet()))
                .map(Manifest::version)
                .orElse(0L);
    }

    private boolean isOurs(Manifest manifest) {
        return manifest.fleet().equals(settings.fleet()) && manifest.role().equals(settings.role());
    }

    /**
     * Verifies a bundle and accepts it if it is newer; returns whether it was. The current bundle is not verified
     * again.
     *
     * @throws IOException if the store was away before all lists were fetched; then nothing was refused
     */
    boolean take(byte[] bytes) throws Refusal, IOException {
        if (Arrays.equals(takenBytes, bytes)) {
            return false;
        }
        var manifest = verifier.verify(bytes, latest());
        if (taken.filter(t -> isOurs(t) && t.version() == manifest.version()).isPresent()) {
            if (!taken.get().equals(manifest)) {
                throw new Refusal(
                        Kind.OLDER,
                        "there are two bundles of version " + manifest.version() + ", and this host already"
                                + " uses the other one; push a higher version");
            }
            return false;
        }
        for (var list : manifest.lists()) {
            fetch(list);
        }
        var policy = composed(Optional.of(manifest)); // before anything is stored
        files.keep(Bundle.parse(bytes));
        takenBytes = bytes;
        taken = Optional.of(manifest);
        place(policy);
        return true;
    }

    /** Composes the policy again after a possible change of the host's own file; returns whether the policy changed. */
    boolean compose() throws Refusal {
        return place(composed(taken));
    }

    private boolean place(String policy) throws Refusal {
        if (placed.filter(policy::equals).isPresent()) {
            return false;
        }
        files.place(policy);
        placed = Optional.of(policy);
        var hashes = new HashSet<String>();
        taken.ifPresent(m -> m.lists().forEach(l -> hashes.add(l.hash())));
        files.keepOnly(hashes);
        return true;
    }

    private String composed(Optional<Manifest> manifest) throws Refusal {
        var host = FleetFiles.hostLayer(settings.hostPolicy());
        if (manifest.isEmpty()) {
            return HEADER.formatted("no bundle yet", settings.hostPolicy()) + host.text();
        }
        var m = manifest.get();
        var composed = Composition.of(m.groups(), m.policy(), host, settings.mayDefine());
        var unknown = new HashSet<String>();
        var policy = ListRef.placed(
                composed.policy(),
                name -> m.list(name)
                        .map(l -> files.listFile(l.hash()).toString())
                        .orElseGet(() -> {
                            unknown.add(name);
                            return name;
                        }));
        if (!unknown.isEmpty()) {
            throw new Refusal(
                    Kind.LIST,
                    "no list " + String.join(", ", unknown) + " comes with version " + m.version()
                            + "; put it into lists/ of the fleet directory");
        }
        return HEADER.formatted(m.fleet() + ", role " + m.role() + ", version " + m.version(), settings.hostPolicy())
                + TreeText.print(policy);
    }

    private static final String HEADER = """
            # Composed by portero fleet: %s.
            # An edit here is lost: edit %s, or the fleet.
            """;

    private void fetch(ListRef list) throws Refusal, IOException {
        if (files.list(list.hash()).isPresent()) {
            return;
        }
        var text = byDifference(list);
        if (text.isEmpty()) {
            text = transport.object(list.hash(), list.bytes()).map(b -> new String(b, StandardCharsets.UTF_8));
            if (text.filter(t -> !hashes(t, list)).isPresent()) {
                throw missing(list, "the list in the store has another content");
            }
        }
        files.keepList(list.hash(), text.orElseThrow(() -> missing(list, "the store has no such list")));
    }

    private static boolean hashes(String text, ListRef list) {
        return ListRef.hash(text.getBytes(StandardCharsets.UTF_8)).equals(list.hash());
    }

    /** Fetches the difference to the local list of this name, if the store has it. */
    private Optional<String> byDifference(ListRef list) throws IOException {
        var before =
                taken.flatMap(m -> m.list(list.name())).filter(b -> !b.hash().equals(list.hash()));
        var text = before.flatMap(b -> files.list(b.hash()));
        if (before.isEmpty() || text.isEmpty()) {
            return Optional.empty();
        }
        return transport
                .object(ListDelta.name(before.get().hash(), list.hash()), ListRef.MOST_BYTES)
                .flatMap(delta -> ListDelta.applied(text.get(), new String(delta, StandardCharsets.UTF_8)))
                .filter(whole -> hashes(whole, list));
    }

    private static Refusal missing(ListRef list, String why) {
        return new Refusal(
                Kind.LIST, "the list " + list.name() + " could not be fetched: " + why + "; push the bundle again");
    }
}
