package io.portero.fleet;

import io.portero.fleet.Refusal.Kind;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * Verifies bundles from a store.
 *
 * <p>Nothing in a bundle is trusted before enough trusted people have signed it. It must also be for this host, must
 * not have expired, and must not be older than the last accepted version.
 */
final class Verifier {
    private final SshKeygen keygen;
    private final Trust trust;
    private final Clock clock;

    /**
     * The trust settings of a host.
     *
     * @param signers how many people must have signed
     * @param work a directory for temporary files
     */
    record Trust(String fleet, String role, Path allowedSigners, Optional<Path> revoked, int signers, Path work) {}

    Verifier(SshKeygen keygen, Trust trust, Clock clock) {
        this.keygen = keygen;
        this.trust = trust;
        this.clock = clock;
    }

    /** @param latest the highest version that was ever accepted here; 0 for none */
    Manifest verify(byte[] bytes, long latest) throws Refusal {
        var bundle = Bundle.parse(bytes);
        var signers = keygen.signers(bundle, trust.allowedSigners(), trust.revoked(), trust.work());
        if (signers.size() < trust.signers()) {
            throw new Refusal(
                    Kind.UNSIGNED,
                    "the bundle is signed by " + String.join(", ", signers) + " alone, and " + trust.signers()
                            + " signers are required; let another signer sign it: portero fleet sign");
        }
        var manifest = Manifest.parse(bundle.signed());
        if (!manifest.fleet().equals(trust.fleet()) || !manifest.role().equals(trust.role())) {
            throw new Refusal(
                    Kind.FOREIGN,
                    "the bundle is for the role " + manifest.role() + " of the fleet " + manifest.fleet()
                            + ", and this host has the role " + trust.role() + " in the fleet " + trust.fleet());
        }
        if (manifest.version() < latest) {
            throw new Refusal(
                    Kind.OLDER,
                    "version " + manifest.version() + " is older than version " + latest
                            + ", which this host already uses; to return to it, push it as a new version:"
                            + " portero fleet back");
        }
        if (!manifest.expires().isAfter(clock.instant())) {
            throw new Refusal(
                    Kind.EXPIRED,
                    "version " + manifest.version() + " expired at " + manifest.expires()
                            + "; sign and push a new one, or correct this host's clock");
        }
        return manifest;
    }
}
