package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Verifies earlier bundles before an operator signs them again, because the store could have forged them.
 *
 * <p>They must be signed by a person in {@code allowed_signers} of the fleet's directory or, without such a file, by
 * the key that signs now.
 */
public final class Former implements Returning.Believing, AutoCloseable {
    private final SshKeygen keygen;
    private final String fleet;
    private final Path allowed;
    private final WorkDirectory work;

    /** @param key the signing key; its public part is beside it, or is the file itself */
    public Former(SshKeygen keygen, FleetDirectory fleet, Path key) throws Refusal {
        this.keygen = keygen;
        this.fleet = fleet.fleet();
        this.work = WorkDirectory.make();
        try {
            var named = fleet.path().resolve("allowed_signers");
            this.allowed = Files.exists(named) ? named : own(key, work.path());
        } catch (IOException e) {
            throw new Refusal(Kind.UNSIGNED, "the public part of " + key + " cannot be read: " + e.getMessage());
        }
    }

    private static Path own(Path key, Path work) throws IOException {
        var beside = key.resolveSibling(key.getFileName() + ".pub");
        var words =
                Files.readString(Files.exists(beside) ? beside : key).strip().split("\\s+");
        if (words.length < 2) {
            throw new IOException("it is no public key");
        }
        return Files.writeString(
                work.resolve("allowed_signers"),
                "you namespaces=\"" + SshKeygen.NAMESPACE + "\" " + words[0] + " " + words[1] + "\n");
    }

    @Override
    public Manifest manifest(String role, byte[] bytes) throws Refusal {
        var bundle = Bundle.parse(bytes);
        try {
            keygen.signers(bundle, allowed, Optional.empty(), work.path());
        } catch (Refusal e) {
            throw new Refusal(
                    e.kind(),
                    "the bundle in the store for the role " + role + " is signed neither by your key nor by a"
                            + " key in allowed_signers of the fleet directory; add the signer's line there, or"
                            + " sign and push your own version");
        }
        var manifest = Manifest.parse(bundle.signed());
        if (!manifest.fleet().equals(fleet) || !manifest.role().equals(role)) {
            throw new Refusal(
                    Kind.FOREIGN,
                    "the bundle in the store for the role " + role + " is for the role " + manifest.role()
                            + " of the fleet " + manifest.fleet() + "; sign and push your own version");
        }
        return manifest;
    }

    @Override
    public void close() {
        work.close();
    }
}
