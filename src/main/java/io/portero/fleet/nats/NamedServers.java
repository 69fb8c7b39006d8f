package io.portero.fleet.nats;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * TLS that verifies the name of the server (RFC 9525).
 *
 * <p>The NATS client library (2.21) checks the chain of a certificate, but not its name: any server with a certificate
 * of the same authority would get the password.
 */
final class NamedServers {
    private NamedServers() {}

    static SSLContext only(SSLContext context) {
        return new SSLContext(new Naming(context), context.getProvider(), context.getProtocol()) {};
    }

    /** The same context, with sockets that verify the name. */
    private static final class Naming extends SSLContextSpi {
        private final SSLContext context;

        private Naming(SSLContext context) {
            this.context = context;
        }

        @Override
        protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
                throws KeyManagementException {
            throw new KeyManagementException("it is initialised already");
        }

        @Override
        protected SSLSocketFactory engineGetSocketFactory() {
            return new NamingFactory(context.getSocketFactory());
        }

        @Override
        protected SSLServerSocketFactory engineGetServerSocketFactory() {
            return context.getServerSocketFactory();
        }

        @Override
        protected SSLEngine engineCreateSSLEngine() {
            throw new UnsupportedOperationException("a server must be named");
        }

        @Override
        protected SSLEngine engineCreateSSLEngine(String host, int port) {
            var engine = context.createSSLEngine(host, port);
            var parameters = engine.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            engine.setSSLParameters(parameters);
            return engine;
        }

        @Override
        protected SSLSessionContext engineGetServerSessionContext() {
            return context.getServerSessionContext();
        }

        @Override
        protected SSLSessionContext engineGetClientSessionContext() {
            return context.getClientSessionContext();
        }
    }

    private static final class NamingFactory extends SSLSocketFactory {
        private final SSLSocketFactory factory;

        private NamingFactory(SSLSocketFactory factory) {
            this.factory = factory;
        }

        private static Socket named(Socket socket) throws IOException {
            if (!(socket instanceof SSLSocket tls)) {
                throw new IOException("this is not a TLS socket");
            }
            var parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            return tls;
        }

        @Override
        public Socket createSocket() throws IOException {
            return named(factory.createSocket());
        }

        @Override
        public Socket createSocket(Socket below, String host, int port, boolean autoClose) throws IOException {
            return named(factory.createSocket(below, host, port, autoClose));
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return named(factory.createSocket(host, port));
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
            return named(factory.createSocket(host, port, local, localPort));
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return named(factory.createSocket(host, port));
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
            return named(factory.createSocket(host, port, local, localPort));
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return factory.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return factory.getSupportedCipherSuites();
        }
    }
}
