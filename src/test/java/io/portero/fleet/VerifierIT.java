package io.portero.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.fleet.Refusal.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bundles that must not be trusted, checked with the real ssh-keygen. */
class VerifierIT {
    private static final Instant NOW = Instant.parse("2026-11-28T18:00:00Z");

    @TempDir
    private Path directory = Path.of("");

    private SigningKeys keys = new SigningKeys(Path.of(""));
    private Path allowed = Path.of("");

    @BeforeEach
    void aliceAndBobMaySign() throws IOException {
        keys = new SigningKeys(directory);
        allowed = keys.allowed("alice", "bob");
    }

    private static Manifest manifest(long version) throws Refusal {
        return new Manifest(
                "example",
                "voice",
                version,
                NOW.minusSeconds(60),
                NOW.plus(Duration.ofDays(1)),
                List.of(),
                Layer.read(Manifest.GROUPS, "groups: { itsp: [203.0.113.0/24] }"),
                Layer.read("roles/voice.yaml", "services: { sip: { ports: [5060/udp], from: [itsp] } }"));
    }

    private Verifier verifier(int signers, Optional<Path> revoked, Instant now) {
        return new Verifier(
                keys.keygen(),
                new Verifier.Trust("example", "voice", allowed, revoked, signers, directory),
                Clock.fixed(now, ZoneOffset.UTC));
    }

    private Manifest taken(Bundle bundle) throws Refusal {
        return verifier(1, Optional.empty(), NOW).verify(bundle.bytes(), 0);
    }

    private Refusal refused(byte[] bytes) {
        return refused(bytes, verifier(1, Optional.empty(), NOW), 0);
    }

    private static Refusal refused(byte[] bytes, Verifier verifier, long latest) {
        try {
            verifier.verify(bytes, latest);
        } catch (Refusal e) {
            assertThat(e.sentence()).doesNotContain("\n").isNotBlank();
            return e;
        }
        throw new AssertionError("it was believed");
    }

    @Test
    void aBundleOfAnAllowedSignerIsAccepted() throws Exception {
        assertThat(taken(keys.signed(manifest(42), "alice"))).isEqualTo(manifest(42));
    }

    @Test
    void aChangedBundleIsRefused() throws Exception {
        var bundle = keys.signed(manifest(42), "alice");
        var opened = new Bundle(bundle.signed().replace("[itsp]", "[any]"), bundle.signatures());
        assertThat(refused(opened.bytes()).kind()).isEqualTo(Kind.UNSIGNED);
    }

    @Test
    void aChangedBitOfASignatureIsRefused() throws Exception {
        var bytes = keys.signed(manifest(42), "alice").bytes();
        int at = bytes.length - Signature.END.length() - 20;
        bytes[at] = (byte) (bytes[at] == 'A' ? 'B' : 'A');
        assertThat(refused(bytes).kind()).isIn(Kind.UNSIGNED, Kind.MALFORMED);
    }

    @Test
    void aStrangersSignatureIsRefused() throws Exception {
        assertThat(refused(keys.signed(manifest(42), "mallory").bytes()).sentence())
                .startsWith("the bundle has no valid signature (its key is not among the allowed signers); ");
    }

    @Test
    void aSignatureForAnotherNamespaceIsRefused() throws Exception {
        var text = manifest(42).text();
        var bundle = new Bundle(text, List.of(keys.sign(text, "alice", "file")));
        assertThat(refused(bundle.bytes()).sentence()).contains("it is for the namespace file, not for portero");
    }

    @Test
    void aBundleWithoutASignatureIsRefused() throws Exception {
        assertThat(refused(manifest(42).text().getBytes(StandardCharsets.UTF_8)).kind())
                .isEqualTo(Kind.UNSIGNED);
    }

    @Test
    void aTruncatedBundleIsRefused() throws Exception {
        var bytes = keys.signed(manifest(42), "alice").text();
        for (int end : new int[] {0, 1, 100, bytes.length() / 2, bytes.length() - 40, bytes.length() - 1}) {
            assertThat(refused(bytes.substring(0, end).getBytes(StandardCharsets.UTF_8))
                            .kind())
                    .isIn(Kind.MALFORMED, Kind.UNSIGNED);
        }
    }

    @Test
    void aBundleOfAHundredMegabytesIsRefusedUnread() {
        assertThat(refused(new byte[100 * 1024 * 1024]).kind()).isEqualTo(Kind.TOO_LARGE);
    }

    @Test
    void aBundleForAnotherFleetOrRoleIsRefused() throws Exception {
        var m = manifest(42);
        var foreign = new Manifest("other", "voice", 42, m.made(), m.expires(), m.lists(), m.groups(), m.policy());
        assertThat(refused(keys.signed(foreign, "alice").bytes()).sentence())
                .isEqualTo(
                        "the bundle is for the role voice of the fleet other, and this host has the role voice in the"
                                + " fleet example");
    }

    @Test
    void anOlderVersionThanTheAcceptedOneIsRefused() throws Exception {
        var bundle = keys.signed(manifest(42), "alice");
        assertThat(refused(bundle.bytes(), verifier(1, Optional.empty(), NOW), 43)
                        .kind())
                .isEqualTo(Kind.OLDER);
    }

    @Test
    void aHostThatWasOffForAMonthRefusesAnExpiredBundle() throws Exception {
        var bundle = keys.signed(manifest(42), "alice");
        var late = verifier(1, Optional.empty(), NOW.plus(Duration.ofDays(30)));
        assertThat(refused(bundle.bytes(), late, 0).sentence()).contains("expired at 2026-11-29T18:00:00Z");
    }

    @Test
    void twoSignersMustBeTwoPeople() throws Exception {
        var both = verifier(2, Optional.empty(), NOW);
        var alone = keys.signed(manifest(42), "alice");
        assertThat(refused(alone.bytes(), both, 0).sentence())
                .startsWith("the bundle is signed by alice alone, and 2 signers are required");
        var twice = new Bundle(
                alone.signed(),
                List.of(alone.signatures().getFirst(), alone.signatures().getFirst()));
        assertThat(refused(twice.bytes(), both, 0).kind()).isEqualTo(Kind.UNSIGNED);
        assertThat(both.verify(keys.signed(manifest(42), "alice", "bob").bytes(), 0))
                .isEqualTo(manifest(42));
        assertThat(both.verify(
                        keys.signed(manifest(42), "mallory", "alice", "bob").bytes(), 0))
                .isEqualTo(manifest(42));
    }

    @Test
    void onePersonWithTwoKeysIsOneSigner() throws Exception {
        Files.writeString(
                allowed, "alice " + keys.publicKey("alice") + "\nalice " + keys.publicKey("alices-other") + "\n");
        var bundle = keys.signed(manifest(42), "alice", "alices-other");
        assertThat(refused(bundle.bytes(), verifier(2, Optional.empty(), NOW), 0)
                        .kind())
                .isEqualTo(Kind.UNSIGNED);
    }

    @Test
    void aSignatureByARevokedKeyIsRefused() throws Exception {
        var bundle = keys.signed(manifest(42), "alice");
        var revoked = directory.resolve("revoked");
        SigningKeys.run("", "ssh-keygen", "-q", "-k", "-f", revoked.toString(), keys.of("alice") + ".pub");
        assertThat(refused(bundle.bytes(), verifier(1, Optional.of(revoked), NOW), 0)
                        .kind())
                .isEqualTo(Kind.UNSIGNED);
        keys.allowed("bob");
        assertThat(refused(bundle.bytes()).kind()).isEqualTo(Kind.UNSIGNED);
    }

    @Test
    void aRevocationListThatCannotBeReadRevokesEverything() throws Exception {
        var revoked = Files.writeString(directory.resolve("revoked"), "no list at all");
        assertThat(refused(keys.signed(manifest(42), "alice").bytes(), verifier(1, Optional.of(revoked), NOW), 0)
                        .kind())
                .isEqualTo(Kind.UNSIGNED);
    }

    @Test
    void withoutAListOfSignersEveryBundleIsRefused() throws Exception {
        var bundle = keys.signed(manifest(42), "alice");
        Files.delete(allowed);
        assertThat(refused(bundle.bytes()).sentence()).startsWith("no signer is allowed: ");
    }
}
