package io.portero.control;

import io.portero.control.Request.Answer;
import io.portero.files.Directory;
import io.portero.files.Uid;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The socket that commands use to reach the running agent: {@code portero.sock} in the run directory.
 *
 * <p>It serves only root and the agent's own user. A conversation is one line in each direction and has a time limit,
 * so that a silent peer blocks nothing; firewall and loop never wait for it.
 */
public final class ControlSocket implements AutoCloseable {
    static final String NAME = "portero.sock";

    private static final Duration LONGEST = Duration.ofSeconds(30);
    private static final int AT_ONCE = 16;
    private static final System.Logger LOG = System.getLogger("portero");

    private final ServerSocketChannel server;
    private final Map<String, Desk> desks;
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final ScheduledExecutorService ending = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("control-end").factory());

    private ControlSocket(ServerSocketChannel server, Map<String, Desk> desks) {
        this.server = server;
        this.desks = Map.copyOf(desks);
    }

    /** Answers requests with one verb; each call has its own thread. */
    @FunctionalInterface
    public interface Desk {
        Answer answer(Request request) throws InterruptedException;
    }

    /**
     * Opens the socket; the caller must hold the agent's lock.
     *
     * @param desks the desks by verb
     * @return empty if the socket could not be opened, which has been logged: commands then create files instead
     */
    public static Optional<ControlSocket> open(Path runDirectory, Map<String, Desk> desks) {
        try (var directory = Directory.make(runDirectory)) {
            directory.delete(NAME); // left by an agent that was killed
            var socket = new ControlSocket(bound(directory.path().resolve(NAME)), desks);
            Thread.ofPlatform().daemon().name("control").start(socket::accept);
            return Optional.of(socket);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    runDirectory.resolve(NAME) + " cannot be opened (" + e.getMessage() + "); commands use"
                            + " files in that directory instead");
            return Optional.empty();
        }
    }

    private static ServerSocketChannel bound(Path name) throws IOException {
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            return server.bind(UnixDomainSocketAddress.of(name));
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                places.acquire();
                var peer = server.accept();
                Thread.startVirtualThread(() -> serve(peer));
            } catch (IOException e) {
                places.release(); // this socket was closed, or the peer has disconnected
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void serve(SocketChannel peer) {
        var end = ending.schedule(() -> close(peer), LONGEST.toMillis(), TimeUnit.MILLISECONDS);
        try (peer) {
            var answer = Peer.isOneOf(peer, Uid.trusted())
                    ? answer(Line.read(peer))
                    : new Answer(false, "the agent answers only root and its own user; run as root");
            Line.write(peer, answer.line());
        } catch (IOException e) {
            // The peer has disconnected, so there is nobody to answer.
        } finally {
            end.cancel(false);
            places.release();
        }
    }

    private Answer answer(String line) {
        var request = Request.parse(line);
        var desk = request.map(Request::verb).map(desks::get);
        if (request.isEmpty() || desk.isEmpty()) {
            return new Answer(false, "this agent does not know this command; restart it: systemctl restart portero");
        }
        try {
            return desk.get().answer(request.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer(false, "the agent is being stopped");
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "a request failed because of a bug", e);
            return new Answer(false, "the agent failed because of a bug; see its log");
        }
    }

    private static void close(SocketChannel peer) {
        try {
            peer.close();
        } catch (IOException e) {
            // Nothing more can be done to close it.
        }
    }

    /** Leaves the socket file in the directory; it refuses connections until the next agent starts. */
    @Override
    public void close() throws IOException {
        server.close();
        ending.shutdownNow();
    }
}
