package io.portero.lists;

import io.portero.names.Resolver;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import io.portero.policy.Reference.HostName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Connects to the host of a URL over TLS and verifies its certificate.
 *
 * <p>The name is resolved once, and the same answer is checked and used, so that nobody can replace it in between.
 */
final class TlsConnector {
    private static final int HTTPS = 443;
    private static final int MOST_TRIED = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Resolver resolver;

    TlsConnector(Resolver resolver) {
        this.resolver = resolver;
    }

    SSLSocket connect(URI url, Destinations destinations, SSLSocketFactory sockets, Deadline deadline)
            throws IOException {
        var host = Host.of(url);
        int port = url.getPort() < 0 ? HTTPS : url.getPort();
        var why = new IOException("the connection failed");
        for (var address : admitted(host, destinations)) {
            try {
                var plain = connect(address, port, deadline);
                return tls(plain, host, port, sockets, deadline);
            } catch (Unfetched e) {
                throw e;
            } catch (IOException e) {
                why = e;
                if (deadline.hasPassed() || e instanceof javax.net.ssl.SSLException) {
                    throw e;
                }
            }
        }
        throw why;
    }

    private List<Ip> admitted(Host host, Destinations destinations) throws Unfetched {
        var addresses = host.literal().map(List::of).orElseGet(List::of);
        if (addresses.isEmpty()) {
            var answer = resolver.resolve(HostName.of(host.name()));
            addresses = inTurn(List.copyOf(answer.addresses()));
            if (addresses.isEmpty()) {
                throw new Unfetched(host.name() + " cannot be resolved: " + answer.why());
            }
        }
        var admitted =
                addresses.stream().filter(destinations::admit).limit(MOST_TRIED).toList();
        if (admitted.isEmpty()) {
            throw new Unfetched(host.name() + " is at " + addresses.getFirst()
                    + ", which is not a public address; if this is intended, write that address into the URL");
        }
        return admitted;
    }

    /** Tries both families in turn, since one of them may not work. */
    private static List<Ip> inTurn(List<Ip> addresses) {
        var v4 =
                addresses.stream().filter(a -> a.family() == Family.V4).sorted().toList();
        var v6 =
                addresses.stream().filter(a -> a.family() == Family.V6).sorted().toList();
        var all = new ArrayList<Ip>();
        for (int i = 0; i < Math.max(v4.size(), v6.size()); i++) {
            v4.stream().skip(i).limit(1).forEach(all::add);
            v6.stream().skip(i).limit(1).forEach(all::add);
        }
        return all;
    }

    private static Socket connect(Ip address, int port, Deadline deadline) throws IOException {
        var socket = new Socket();
        try {
            deadline.watch(socket);
            var patience = PATIENCE.compareTo(deadline.left()) < 0 ? PATIENCE : deadline.left();
            socket.connect(new InetSocketAddress(inet(address), port), (int) Math.max(1, patience.toMillis()));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new IOException(address + " port " + port + " cannot be reached (" + e.getMessage() + ")", e);
        }
    }

    /** From a literal address, so that no DNS query is sent. */
    private static InetAddress inet(Ip address) throws UnknownHostException {
        return InetAddress.ofLiteral(address.toString());
    }

    private static SSLSocket tls(Socket plain, Host host, int port, SSLSocketFactory sockets, Deadline deadline)
            throws IOException {
        try {
            var socket = (SSLSocket) sockets.createSocket(plain, host.name(), port, true);
            deadline.watch(socket);
            var parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            return socket;
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    /**
     * The host of a URL.
     *
     * @param literal its address, if the URL has an address instead of a name
     */
    record Host(String name, Optional<Ip> literal) {
        static Host of(URI url) throws Unfetched {
            var host = url.getHost();
            if (host == null) {
                throw new Unfetched("it is redirected to a URL without a host");
            }
            var bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
            if (!Ip.looksLikeOne(bare)) {
                return new Host(host, Optional.empty());
            }
            try {
                var address = Ip.parse(bare);
                return new Host(bare, Optional.of(address));
            } catch (Ip.NotAnAddress e) {
                throw new Unfetched(bare + " is no address: " + e.getMessage());
            }
        }
    }
}
