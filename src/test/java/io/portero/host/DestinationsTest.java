package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.exec.CommandResult;
import io.portero.policy.Destination;
import io.portero.policy.Ip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DestinationsTest {
    @TempDir
    private Path net;

    /** The output of {@code ip} by the end of its command line; it fails for other command lines. */
    private final Map<String, String> printed = new HashMap<>();

    private Destination of(String address) {
        var destinations = new Destinations(
                command -> {
                    var words = String.join(" ", command.words());
                    return printed.entrySet().stream()
                            .filter(e -> words.endsWith(e.getKey()))
                            .map(e -> new CommandResult.Completed(0, e.getValue(), "", Duration.ZERO))
                            .findFirst()
                            .orElseGet(() -> new CommandResult.Completed(2, "", "unreachable", Duration.ZERO));
                },
                net);
        return destinations.of(ip(address));
    }

    private static Ip ip(String text) {
        try {
            return Ip.parse(text);
        } catch (Ip.NotAnAddress e) {
            throw new AssertionError(text, e);
        }
    }

    @Test
    void theLongestPrefixInTableLocalDecidesTheKind() {
        printed.put("table local match 127.1.2.3", """
                [{"type":"local","dst":"127.0.0.0/8","dev":"lo"}]""");
        printed.put("table local match 192.0.2.255", """
                [{"type":"local","dst":"192.0.2.0/24","dev":"lo"},{"type":"broadcast","dst":"192.0.2.255","dev":"eth0"}]""");
        assertThat(of("127.1.2.3").word()).isEqualTo("own");
        assertThat(of("192.0.2.255").word()).isEqualTo("broadcast");
    }

    @Test
    void anAddressThatIsLocalOnlyInAnotherTableIsStray() {
        printed.put("match 198.51.100.9", "[]");
        printed.put("route get 198.51.100.9", """
                [{"type":"local","dst":"198.51.100.9","dev":"lo","table":"77"}]""");
        assertThat(of("198.51.100.9")).isEqualTo(new Destination.Stray(ip("198.51.100.9")));
    }

    @Test
    void aRemoteAddressIsForwardedThroughItsInterface() {
        printed.put("match 10.1.1.1", "[]");
        printed.put("route get 10.1.1.1", """
                [{"dst":"10.1.1.1","gateway":"192.0.2.254","dev":"eth1"}]""");
        printed.put("route get 2001:db8:9::", """
                [{"type":"anycast","dst":"2001:db8:9::","dev":"eth1"}]""");
        printed.put("route get 2001:db8:8::1", """
                [{"type":"unreachable","dst":"2001:db8:8::1","dev":"lo"}]""");
        assertThat(of("10.1.1.1")).isEqualTo(new Destination.Onward(ip("10.1.1.1"), "eth1"));
        assertThat(of("2001:db8:9::").word()).isEqualTo("anycast");
        assertThat(of("2001:db8:8::1").word()).isEqualTo("unreachable");
    }

    @Test
    void multicastIsRecognisedWithoutACommand() {
        assertThat(of("224.0.0.18").word()).isEqualTo("multicast");
        assertThat(of("ff02::12").word()).isEqualTo("multicast");
        assertThat(of("255.255.255.255").word()).isEqualTo("broadcast");
    }

    @Test
    void usesTheMainTablesInProcIfIpIsMissing() throws IOException {
        Files.writeString(net.resolve("route"), "Iface\nbr0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
        assertThat(of("192.168.1.7")).isEqualTo(new Destination.Onward(ip("192.168.1.7"), "br0"));
        assertThat(of("192.168.2.7").word()).isEqualTo("unreachable");
        assertThat(of("127.0.0.1").word()).isEqualTo("own");
    }
}
