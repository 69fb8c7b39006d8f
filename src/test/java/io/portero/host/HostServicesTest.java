package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.doctor.HostState.Clock;
import io.portero.doctor.HostState.Services;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostServicesTest {
    @TempDir
    private Path directory;

    private void write(String file, String text) throws IOException {
        var path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private Services read() {
        return new HostServices(directory.resolve("proc"), directory).read();
    }

    @Test
    void findsTheProgramThatSynchronisesTheClock() throws IOException {
        write("proc/1/comm", "systemd\n");
        assertThat(read().clock()).isEqualTo(Clock.NOBODY);

        write("proc/300/comm", "systemd-timesyn\n");
        assertThat(read().clock()).isEqualTo(Clock.NOT_YET_SET);
        assertThat(read().clockProgram()).isEqualTo("systemd-timesyncd");

        write("run/systemd/timesync/synchronized", "");
        assertThat(read().clock()).isEqualTo(Clock.KEPT);

        write("run/systemd/container", "systemd-nspawn");
        assertThat(read().clock()).isEqualTo(Clock.UNKNOWN);
    }

    @Test
    void aRunningChronyCountsAsSynchronised() throws IOException {
        write("proc/300/comm", "chronyd\n");
        assertThat(read().clock()).isEqualTo(Clock.KEPT);
    }

    @Test
    void checksTheBootUnitOnlyIfItIsInstalledAndSystemdRuns() throws IOException {
        assertThat(read().enforcedAtBoot()).isEmpty();
        write("usr/lib/systemd/system/portero-boot.service", "[Unit]\n");
        assertThat(read().enforcedAtBoot()).as("no systemd").isEmpty();
        Files.createDirectories(directory.resolve("run/systemd/system"));
        assertThat(read().enforcedAtBoot()).contains(false);
        var wants = Files.createDirectories(directory.resolve("etc/systemd/system/sysinit.target.wants"));
        Files.createSymbolicLink(wants.resolve("portero-boot.service"), Path.of("../portero-boot.service"));
        assertThat(read().enforcedAtBoot()).contains(true);
    }

    @Test
    void noticesThatTheRulesetIsFlushed() throws IOException {
        write("etc/nftables.conf", "#!/usr/sbin/nft -f\nflush ruleset\n");
        assertThat(read().flushesRuleset()).isFalse();
        var wants = Files.createDirectories(directory.resolve("etc/systemd/system/sysinit.target.wants"));
        Files.createSymbolicLink(wants.resolve("nftables.service"), Path.of("../nftables.service"));
        assertThat(read().flushesRuleset()).isTrue();
    }
}
