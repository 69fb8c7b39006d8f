package io.portero.lists;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The certificate authorities that this system trusts, read again for each fetch.
 *
 * <p>A native executable contains those of its build machine. These files are read instead, so that a change by
 * {@code update-ca-certificates} takes effect at once. Nothing is kept in memory between fetches.
 */
final class TrustStore {
    /** Debian, Fedora and Red Hat, SUSE, Alpine. */
    private static final List<Path> PLACES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private final List<Path> places;

    private TrustStore(List<Path> places) {
        this.places = places;
    }

    /** @param named a file that takes the place of the system's, as OpenSSL takes it from {@code SSL_CERT_FILE} */
    static TrustStore ofThisSystem(@Nullable String named) {
        return new TrustStore(named == null || named.isEmpty() ? PLACES : List.of(Path.of(named)));
    }

    static TrustStore of(Path file) {
        return new TrustStore(List.of(file));
    }

    SSLSocketFactory sockets() throws Unfetched {
        var file = places.stream()
                .filter(Files::isReadable)
                .findFirst()
                .orElseThrow(() -> new Unfetched("this system has no certificate authorities in " + places.getFirst()
                        + "; install the package ca-certificates"));
        try (var pem = Files.newInputStream(file)) {
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities(pem));
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (IOException | GeneralSecurityException e) {
            throw new Unfetched("the certificate authorities in " + file + " cannot be read (" + e.getMessage() + ")");
        }
    }

    private static KeyStore authorities(InputStream pem) throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        int number = 0;
        for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
            store.setCertificateEntry("authority-" + ++number, certificate);
        }
        return store;
    }
}
