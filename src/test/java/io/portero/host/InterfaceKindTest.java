package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InterfaceKindTest {
    @TempDir
    private Path directory;

    private boolean isTunnel(String type, String uevent) throws IOException {
        Files.writeString(directory.resolve("type"), type + "\n");
        Files.writeString(directory.resolve("uevent"), uevent);
        return new InterfaceKind(directory).isTunnel();
    }

    @Test
    void knowsTunnelsByTheirHardwareType() throws IOException {
        assertThat(isTunnel("65534", "DEVTYPE=wireguard\nINTERFACE=wg0\n")).isTrue();
        assertThat(isTunnel("778", "INTERFACE=gre1\n")).isTrue();
        assertThat(isTunnel("1", "INTERFACE=eth0\n")).isFalse();
        assertThat(isTunnel("772", "INTERFACE=lo\n")).isFalse();
    }

    @Test
    void knowsTunnelsThatLookLikeEthernet() throws IOException {
        assertThat(isTunnel("1", "DEVTYPE=vxlan\nINTERFACE=vx0\n")).isTrue();
        assertThat(isTunnel("1", "DEVTYPE=bridge\nINTERFACE=br0\n")).isFalse();
        Files.writeString(directory.resolve("tun_flags"), "0x1002\n");
        assertThat(isTunnel("1", "INTERFACE=tap0\n")).isTrue();
    }

    @Test
    void anInterfaceThatIsGoneIsNone() {
        assertThat(new InterfaceKind(directory.resolve("gone")).isTunnel()).isFalse();
    }
}
