package io.portero.fleet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * The certificate authorities that TLS trusts.
 *
 * <p>They are read from files, because a native executable contains those of its build machine.
 */
public final class Authorities {
    /** Debian, Fedora and Red Hat, SUSE, Alpine. */
    private static final List<Path> PLACES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private Authorities() {}

    /** The authorities of this system. */
    public static SSLContext ofThisSystem() throws IOException {
        return of(PLACES.stream()
                .filter(Files::isReadable)
                .findFirst()
                .orElseThrow(() -> new IOException(
                        "this system has no certificate authorities; install the package ca-certificates")));
    }

    /** Only the authorities in this file. */
    public static SSLContext of(Path pem) throws IOException {
        try (var in = Files.newInputStream(pem)) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int number = 0;
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + ++number, certificate);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (NoSuchFileException e) {
            throw new IOException(
                    pem + ": there is no such file; put the certificate of the store's authority there", e);
        } catch (GeneralSecurityException e) {
            throw new IOException(pem + " holds no certificates (" + e.getMessage() + ")", e);
        }
    }
}
