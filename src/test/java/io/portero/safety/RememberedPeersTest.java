package io.portero.safety;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RememberedPeersTest {
    private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

    @TempDir
    private Path directory;

    private RememberedPeers peers(Instant now) {
        return new RememberedPeers(new StateDirectory(directory), Clock.fixed(now, ZoneOffset.UTC));
    }

    private String file() throws IOException {
        return Files.readString(directory.resolve("management-peers"));
    }

    private static Session at(String peer, int port) {
        return new Session(Sessions.ip(peer), 40_000, port, true);
    }

    @Test
    void remembersPeersAcrossARestartFor30Days() {
        peers(NOW).see(List.of(at("198.51.100.7", 22), at("2001:db8::7", 2222)));
        assertThat(peers(NOW.plus(Duration.ofDays(29))).remembered())
                .containsExactlyInAnyOrder(
                        new Session(Sessions.ip("198.51.100.7"), 0, 22, false),
                        new Session(Sessions.ip("2001:db8::7"), 0, 2222, false));
        assertThat(peers(NOW.plus(Duration.ofDays(30))).remembered()).isEmpty();
    }

    @Test
    void writesOnlyChanges() throws IOException {
        peers(NOW).see(List.of());
        assertThat(directory.resolve("management-peers")).doesNotExist();
        peers(NOW).see(List.of(at("198.51.100.7", 22)));
        peers(NOW.plus(Duration.ofHours(1))).see(List.of(at("198.51.100.7", 22)));
        assertThat(file()).isEqualTo(NOW + " 198.51.100.7 22\n");
        var later = NOW.plus(Duration.ofMinutes(61));
        peers(later).see(List.of(at("198.51.100.7", 22)));
        assertThat(file()).isEqualTo(later + " 198.51.100.7 22\n");
        // The clock was set back.
        peers(NOW.minus(Duration.ofHours(2))).see(List.of(at("198.51.100.7", 22)));
        assertThat(file()).isEqualTo(NOW.minus(Duration.ofHours(2)) + " 198.51.100.7 22\n");
    }

    @Test
    void remembersWhoHasLoggedIn() throws IOException {
        var peers = peers(NOW);
        peers.see(List.of(at("198.51.100.7", 22), at("198.51.100.8", 2222)));
        assertThat(peers.loggedIn()).isEmpty();
        peers.see(List.of(
                new Session(Sessions.ip("198.51.100.7"), 1, 22, true, Optional.of("eth0"), List.of("root on pts/0"))));
        assertThat(file()).contains(NOW + " 198.51.100.7 22 login\n", NOW + " 198.51.100.8 2222\n");
        peers.see(List.of(at("198.51.100.7", 22)));
        assertThat(peers(NOW.plus(Duration.ofDays(29))).loggedIn())
                .containsExactly(new Session(Sessions.ip("198.51.100.7"), 0, 22, false));
        assertThat(peers(NOW.plus(Duration.ofDays(29))).remembered()).hasSize(2);
        assertThat(peers(NOW.plus(Duration.ofDays(30))).loggedIn()).isEmpty();
    }

    @Test
    void forgetsAPeerThatOnlyOpenedThePortOnceSomebodyLogsInThere() {
        var peers = peers(NOW);
        peers.see(List.of(at("203.0.113.9", 22), at("203.0.113.9", 2222)));
        peers.see(List.of(
                new Session(Sessions.ip("198.51.100.7"), 1, 22, true, Optional.of("eth0"), List.of("root on pts/0"))));
        assertThat(peers.remembered())
                .containsExactlyInAnyOrder(
                        new Session(Sessions.ip("198.51.100.7"), 0, 22, false),
                        new Session(Sessions.ip("203.0.113.9"), 0, 2222, false));
    }

    @Test
    void keepsTheLatest100() throws IOException {
        Files.writeString(
                directory.resolve("management-peers"),
                IntStream.range(0, 104)
                        .mapToObj(i -> NOW.plusSeconds(i) + " 198.51.100." + i + " 22\n")
                        .collect(Collectors.joining()));
        peers(NOW.plusSeconds(104)).see(List.of(at("198.51.100.104", 22)));
        assertThat(file().lines()).hasSize(100).first().isEqualTo(NOW.plusSeconds(104) + " 198.51.100.104 22");
        assertThat(file()).doesNotContain(" 198.51.100.4 22").contains(" 198.51.100.5 22");
    }

    @Test
    void dropsOldPeersWhenItWrites() throws IOException {
        peers(NOW.minus(Duration.ofDays(31))).see(List.of(at("198.51.100.7", 22)));
        peers(NOW).see(List.of(at("203.0.113.9", 22)));
        assertThat(file()).isEqualTo(NOW + " 203.0.113.9 22\n");
    }

    @Test
    void skipsInvalidLines() throws IOException {
        Files.writeString(directory.resolve("management-peers"), """
                rubbish

                2026-05-31T00:00:00Z
                2026-05-31T00:00:00Z 198.51.100.7
                2026-05-31T00:00:00Z 198.51.100.7 0
                2026-05-31T00:00:00Z 198.51.100.7 65536
                2026-05-31T00:00:00Z 198.51.100.7 22 23
                2026-05-31T00:00:00Z 198.51.100.7 ssh
                2026-05-31T00:00:00Z admin.example 22
                yesterday 198.51.100.8 22
                2026-05-31T00:00:00Z 198.51.100.9 65535
                2026-05-31T00:00:00Z 198.51.100.9 1
                """);
        assertThat(peers(NOW).remembered())
                .extracting(Session::toString)
                .containsExactlyInAnyOrder("198.51.100.9 to 65535/tcp", "198.51.100.9 to 1/tcp");
    }
}
