package io.portero.control;

import io.portero.control.Request.Answer;
import io.portero.files.Directory;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The connection of a command to the running agent. */
public final class ControlClient {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path runDirectory;

    public ControlClient(Path runDirectory) {
        this.runDirectory = runDirectory;
    }

    /** Returns the answer of the agent; empty if the socket cannot be used. */
    public Optional<Answer> ask(Request request) {
        var conversation = new CompletableFuture<Optional<Answer>>();
        try (var directory = Directory.open(runDirectory);
                var socket = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            var address = UnixDomainSocketAddress.of(directory.path().resolve(ControlSocket.NAME));
            Thread.ofPlatform().daemon().start(() -> conversation.complete(converse(socket, address, request)));
            return conversation.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (IOException | ExecutionException | TimeoutException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    private static Optional<Answer> converse(SocketChannel socket, UnixDomainSocketAddress address, Request request) {
        try {
            socket.connect(address);
            Line.write(socket, request.line());
            return Answer.parse(Line.read(socket));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
