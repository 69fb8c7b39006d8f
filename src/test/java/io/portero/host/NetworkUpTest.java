package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Early in the boot there is no route to the outside. */
class NetworkUpTest {
    private static final String HEAD =
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";
    private static final String LO6 =
            "00000000000000000000000000000001 80 00000000000000000000000000000000 00 00000000000000000000000000000000 00000000 00000002 00000000 80200001       lo\n";

    @TempDir
    private Path proc;

    @BeforeEach
    void noRoutes() throws IOException {
        Files.writeString(proc.resolve("route"), HEAD);
        Files.writeString(proc.resolve("ipv6_route"), LO6);
    }

    private boolean isUp() {
        return new NetworkUp(proc).getAsBoolean();
    }

    @Test
    void loAndLinkLocalRoutesDoNotCount() throws IOException {
        assertThat(isUp()).isFalse();
        Files.writeString(
                proc.resolve("ipv6_route"),
                LO6
                        + "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n"
                        + "ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000001 00000000 00000001     eth0\n");
        assertThat(isUp()).isFalse();
    }

    @Test
    void anyOtherRouteOfEitherFamilyCounts() throws IOException {
        Files.writeString(proc.resolve("route"), HEAD + "eth0\t00020002\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
        assertThat(isUp()).isTrue();
        Files.writeString(proc.resolve("route"), HEAD);
        Files.writeString(
                proc.resolve("ipv6_route"),
                LO6
                        + "00000000000000000000000000000000 00 00000000000000000000000000000000 00 20010db8000000000000000000000001 00000400 00000001 00000000 00000003     eth0\n");
        assertThat(isUp()).isTrue();
    }

    @Test
    void aKernelWithoutIpv6HasNoSuchFile() throws IOException {
        Files.delete(proc.resolve("ipv6_route"));
        assertThat(isUp()).isFalse();
    }
}
