package io.portero.bans;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.bans.BanMemory.Remembered;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.state.DiskWriter;
import io.portero.state.StateDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BanMemoryTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    @TempDir
    private Path directory;

    private final List<DiskWriter.Write> waiting = new ArrayList<>();

    /** A disk that hangs until the test releases it. */
    private final DiskWriter hanging = new DiskWriter() {
        @Override
        public Optional<String> later(Write write) {
            waiting.add(write);
            return Optional.empty();
        }

        @Override
        public Optional<String> settle(Duration atMost) {
            return Optional.of("it hangs");
        }

        @Override
        public List<String> takeFailures() {
            return List.of();
        }
    };

    private StateDirectory state() {
        return new StateDirectory(directory);
    }

    private static Remembered bans(Ban... bans) {
        return Remembered.inForce(BanList.of(List.of(bans)));
    }

    private static Ban ban(String what, String by) throws Ip.NotAnAddress {
        return new Ban(
                AddressRange.parse(what), new Owner(by), Optional.of(NOW.plusSeconds(60)), by.equals("a"), "why\tnot");
    }

    private String file() throws IOException {
        return Files.readString(directory.resolve("bans"));
    }

    @Test
    void readsBackWhatItWrote() throws Ip.NotAnAddress {
        var all = bans(
                ban("192.0.2.1", "a"),
                ban("192.0.2.1", "fail2ban:ssh jail"),
                ban("198.51.100.0/24", "b"),
                ban("2001:db8::1-2001:db8::5", "b"));
        BanMemory.ofAgent(state(), DiskWriter.atOnce(), CLOCK).keep(all);
        assertThat(BanMemory.ofAgent(state(), DiskWriter.atOnce(), CLOCK).read())
                .isEqualTo(all);
        assertThat(BanMemory.ofCommand(state(), DiskWriter.atOnce(), CLOCK).read())
                .isEqualTo(all);
    }

    @Test
    void readsTheFormatOfOlderVersions() throws IOException {
        Files.writeString(directory.resolve("bans"), """
                boot before
                lifted 192.0.2.9
                ever 192.0.2.1 portero ban --force by fail2ban ssh
                2026-01-01T00:01:00Z 192.0.2.2 portero ban
                ever 2001:db8::1 another program's
                nonsense
                """);
        var read = BanMemory.ofAgent(state(), DiskWriter.atOnce(), CLOCK).read();
        assertThat(read.rebooted()).isTrue();
        assertThat(read.lifted()).hasSize(1);
        assertThat(read.bans().all().map(b -> b.what() + " " + b.by() + " " + b.forced() + " " + b.note()))
                .containsExactly(
                        "192.0.2.1 fail2ban ssh true ",
                        "192.0.2.2 hand false ",
                        "2001:db8::1 other false another program's");
    }

    @Test
    void aHangingDiskBlocksNothingAndGetsOnlyTheLastState() throws Exception {
        var memory = BanMemory.ofAgent(state(), hanging, CLOCK);
        memory.keep(bans(ban("192.0.2.1", "a")));
        memory.keep(bans(ban("192.0.2.1", "a"), ban("192.0.2.2", "a")));
        assertThat(memory.read().bans().all()).hasSize(2);
        assertThat(waiting).hasSize(1);
        assertThat(waiting.getFirst().get()).isEmpty();
        assertThat(file()).contains("\t192.0.2.1\t", "\t192.0.2.2\t");
        memory.keep(bans());
        assertThat(waiting).hasSize(2);
    }

    @Test
    void aFailedWriteIsRetried() throws Exception {
        var blocked = directory.resolve("blocked");
        Files.writeString(blocked, "");
        var memory = BanMemory.ofAgent(new StateDirectory(blocked), hanging, CLOCK);
        memory.keep(bans(ban("192.0.2.1", "a")));
        assertThat(waiting.getFirst().get()).isPresent();
        Files.delete(blocked);
        memory.keep(memory.read());
        assertThat(waiting).hasSize(2);
        assertThat(waiting.get(1).get()).isEmpty();
        assertThat(Files.readString(blocked.resolve("bans"))).contains("192.0.2.1");
        memory.keep(memory.read());
        assertThat(waiting).hasSize(2);
    }

    @Test
    void aLinkInPlaceOfTheFileOrItsLockIsNotFollowed() throws Exception {
        var victim = Files.writeString(directory.resolve("victim"), "secret");
        var state = Files.createDirectory(directory.resolve("state"));
        Files.createSymbolicLink(state.resolve("bans"), victim);
        Files.createSymbolicLink(state.resolve("bans.lock"), victim);
        var memory = BanMemory.ofAgent(new StateDirectory(state), DiskWriter.atOnce(), CLOCK);
        memory.read();
        memory.keep(bans(ban("192.0.2.1", "a")));
        assertThat(victim).hasContent("secret");
        assertThat(state.resolve("bans")).isRegularFile().content().contains("192.0.2.1");
    }
}
