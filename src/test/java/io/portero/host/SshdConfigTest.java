package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SshdConfigTest {
    @TempDir
    private Path directory;

    private Path config(String text) throws IOException {
        return Files.writeString(directory.resolve("sshd_config"), text);
    }

    @Test
    void findsPortsAndListenAddresses() throws IOException {
        assertThat(SshdConfig.ports(config("""
                # Port 1
                Port 22
                port=2022 # for guests
                ListenAddress 192.0.2.1:2222
                ListenAddress [2001:db8::1]:2223
                ListenAddress 2001:db8::5
                PermitRootLogin no
                Port 99999
                """))).containsExactly(22, 2022, 2222, 2223);
    }

    @Test
    void readsIncludedFiles() throws IOException {
        Files.createDirectory(directory.resolve("sshd_config.d"));
        Files.writeString(directory.resolve("sshd_config.d/10-port.conf"), "Port 2200\n");
        Files.writeString(directory.resolve("sshd_config.d/notes.txt"), "Port 1\n");
        assertThat(SshdConfig.ports(config("Include " + directory + "/sshd_config.d/*.conf\n")))
                .containsExactly(2200);
    }

    @Test
    void findsNothingWithoutAFile() {
        assertThat(SshdConfig.ports(directory.resolve("none"))).isEmpty();
    }
}
