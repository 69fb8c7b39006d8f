package io.portero.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.control.Request.Answer;
import io.portero.files.Uid;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketTest {
    @TempDir
    private Path directory;

    private ControlSocket open() {
        return ControlSocket.open(
                        directory,
                        Map.of(
                                "echo",
                                        request ->
                                                new Answer(true, request.words().toString()),
                                "count", request -> new Answer(false, "no", Map.of("code", "2", "lines", "a\nb")),
                                "fail",
                                        request -> {
                                            throw new IllegalStateException("a bug");
                                        }))
                .orElseThrow();
    }

    private Answer ask(Request request) {
        return new ControlClient(directory).ask(request).orElseThrow();
    }

    @Test
    void answersARequest() throws IOException {
        try (var _ = open()) {
            assertThat(ask(new Request("echo", Map.of("a", "b\n\"ñ\"")))).isEqualTo(new Answer(true, "{a=b\n\"ñ\"}"));
            assertThat(ask(Request.of("count")))
                    .isEqualTo(new Answer(false, "no", Map.of("code", "2", "lines", "a\nb")));
            assertThat(ask(Request.of("nonsense")).done()).isFalse();
            assertThat(ask(Request.of("fail")).says()).contains("bug");
            assertThat(ask(Request.of("echo")).done()).isTrue();
        }
    }

    @Test
    void survivesPeersThatSendNothingOrGarbage() throws Exception {
        try (var _ = open()) {
            var address = UnixDomainSocketAddress.of(directory.resolve(ControlSocket.NAME));
            for (var text : new String[] {"", "\n", "{\n", "x".repeat(100_000), "null\n", "[]\n"}) {
                try (var socket = SocketChannel.open(address)) {
                    socket.write(ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
                } catch (IOException e) {
                    // The agent has already closed the connection.
                }
            }
            assertThat(ask(Request.of("echo")).done()).isTrue();
        }
    }

    @Test
    void isMissingWithoutAnAgentAndReplacesTheSocketOfAKilledAgent() throws IOException {
        var client = new ControlClient(directory);
        assertThat(client.ask(Request.of("echo"))).isEmpty();
        open().close();
        assertThat(directory.resolve(ControlSocket.NAME)).exists();
        assertThat(client.ask(Request.of("echo"))).isEmpty();
        try (var _ = open()) {
            assertThat(ask(Request.of("echo")).done()).isTrue();
        }
        Files.delete(directory.resolve(ControlSocket.NAME));
        var victim = Files.createFile(directory.resolve("victim"));
        Files.createSymbolicLink(directory.resolve(ControlSocket.NAME), victim);
        try (var _ = open()) {
            assertThat(victim).isEmptyFile();
            assertThat(ask(Request.of("echo")).done()).isTrue();
        }
    }

    @Test
    void theKernelReportsTheUserOfThePeer() throws IOException {
        var address = UnixDomainSocketAddress.of(directory.resolve("socket"));
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
                var client = SocketChannel.open(address);
                var peer = server.accept()) {
            assertThat(client.isConnected()).isTrue();
            assertThat(Peer.isOneOf(peer, Uid.trusted())).isTrue();
            assertThat(Peer.isOneOf(peer, Set.of(Uid.ofThisProcess() + 1, 65534)))
                    .isFalse();
        }
    }

    @Test
    void theAgentRunsWithoutASocketWhenThePathIsTooLong() throws IOException {
        var deep = Files.createDirectories(directory.resolve("d".repeat(120)));
        assertThat(ControlSocket.open(deep, Map.of())).isEmpty();
        assertThat(new ControlClient(deep).ask(Request.of("echo"))).isEmpty();
    }
}
