package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirewallServicesTest {
    @TempDir
    private Path etc;

    private void enable(String unit) throws IOException {
        var wants = Files.createDirectories(etc.resolve("systemd/system/multi-user.target.wants"));
        Files.createSymbolicLink(wants.resolve(unit), Path.of("/lib/systemd/system", unit));
    }

    private List<String> remarks() {
        return new FirewallServices(etc).remarks(new TreeSet<>(List.of("ip docker")));
    }

    @Test
    void ignoresInstalledServicesThatAreNotEnabled() throws IOException {
        Files.writeString(etc.resolve("nftables.conf"), "flush ruleset\n");
        Files.createDirectories(etc.resolve("ufw"));
        Files.writeString(etc.resolve("ufw/ufw.conf"), "ENABLED=no\n");
        enable("ufw.service");
        assertThat(remarks()).isEmpty();
    }

    @Test
    void namesTheTablesThatAFlushWouldDelete() throws IOException {
        Files.writeString(etc.resolve("nftables.conf"), "#!/usr/sbin/nft -f\n\nflush ruleset\n");
        enable("nftables.service");
        assertThat(remarks()).singleElement().asString().contains("(ip docker)");
    }

    @Test
    void reportsOtherEnabledFirewalls() throws IOException {
        Files.createDirectories(etc.resolve("ufw"));
        Files.writeString(etc.resolve("ufw/ufw.conf"), "ENABLED=yes\n");
        enable("ufw.service");
        enable("firewalld.service");
        assertThat(remarks()).hasSize(2);
    }
}
