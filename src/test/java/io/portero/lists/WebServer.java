package io.portero.lists;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** An HTTPS server that answers each path as a test defines, byte by byte. */
public final class WebServer implements AutoCloseable {
    static final Path AUTHORITY = Path.of("src/test/resources/lists/authority.pem");
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final SSLServerSocket server;
    private volatile Path files;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final List<Socket> open = Collections.synchronizedList(new ArrayList<>());

    /** Writes a complete answer, including the header. */
    @FunctionalInterface
    public interface Answer {
        void write(OutputStream out) throws IOException, InterruptedException;
    }

    private WebServer(SSLServerSocket server) {
        this.server = server;
    }

    static WebServer start() {
        return start("good", InetAddress.getLoopbackAddress().getHostAddress(), 0);
    }

    /** @param certificate the name of a certificate in the resources */
    public static WebServer start(String certificate, String address, int port) {
        try (InputStream in = WebServer.class.getResourceAsStream("/lists/" + certificate + ".p12")) {
            var store = KeyStore.getInstance("PKCS12");
            store.load(in, PASSWORD);
            var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, PASSWORD);
            var context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), null, null);
            var socket = (SSLServerSocket)
                    context.getServerSocketFactory().createServerSocket(port, 50, InetAddress.ofLiteral(address));
            var web = new WebServer(socket);
            Thread.ofPlatform().daemon().name("web").start(web::accept);
            return web;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Serves the files of a directory, each with an ETag; a file {@code FILE.status} defines another answer.
     *
     * @param arguments certificate, address, port, directory
     */
    public static void main(String... arguments) throws InterruptedException {
        var web = start(arguments[0], arguments[1], Integer.parseInt(arguments[2]));
        web.files = Path.of(arguments[3]);
        System.out.println("ready");
        Thread.sleep(Long.MAX_VALUE);
    }

    private Answer file(String path, String request) {
        return out -> {
            var file = files.resolve(path.substring(1));
            var status = file.resolveSibling(file.getFileName() + ".status");
            if (Files.exists(status)) {
                out.write(bytes(head(Files.readString(status).strip(), 0)));
                return;
            }
            var content = Files.readAllBytes(file);
            var etag = "\"" + Integer.toHexString(java.util.Arrays.hashCode(content)) + "\"";
            boolean known = request.contains("If-None-Match: " + etag + "\n");
            System.out.println((known ? "304 " : "200 ") + path);
            out.write(bytes(head(known ? "304 Not Modified" : "200 OK", known ? 0 : content.length, "ETag: " + etag)));
            out.write(known ? new byte[0] : content);
        };
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var peer = server.accept();
                open.add(peer);
                Thread.ofPlatform().daemon().start(() -> serve(peer));
            } catch (IOException e) {
                // The server was closed.
            }
        }
    }

    private void serve(Socket peer) {
        try (peer) {
            var in = new BufferedReader(new InputStreamReader(peer.getInputStream(), StandardCharsets.ISO_8859_1));
            var request = new StringBuilder();
            for (var line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
                request.append(line).append('\n');
            }
            if (request.isEmpty()) {
                return;
            }
            requests.add(request.toString());
            var path = request.toString().split(" ")[1];
            answers.getOrDefault(path, otherwise(path, request.toString())).write(peer.getOutputStream());
            peer.getOutputStream().flush();
        } catch (IOException e) {
            // The client has disconnected.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Answer otherwise(String path, String request) {
        return files == null ? out -> out.write(bytes(head("404 Not Found", 0))) : file(path, request);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    public int port() {
        return server.getLocalPort();
    }

    public void answer(String path, Answer answer) {
        answers.put(path, answer);
    }

    /** Answers with status 200. */
    public void give(String path, String body, String... fields) {
        answer(path, out -> {
            out.write(bytes(head("200 OK", body.getBytes(StandardCharsets.UTF_8).length, fields)));
            out.write(bytes(body));
        });
    }

    void give(String path, byte[] body, String... fields) {
        answer(path, out -> {
            out.write(bytes(head("200 OK", body.length, fields)));
            out.write(body);
        });
    }

    void status(String path, String status, String... fields) {
        answer(path, out -> out.write(bytes(head(status, 0, fields))));
    }

    private static String head(String status, int length, String... fields) {
        return "HTTP/1.1 " + status + "\r\nContent-Length: " + length + "\r\n"
                + String.join("", List.of(fields).stream().map(f -> f + "\r\n").toList()) + "\r\n";
    }

    /** The headers of all requests so far. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    @Override
    public void close() {
        try {
            server.close();
            for (var socket : List.copyOf(open)) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
