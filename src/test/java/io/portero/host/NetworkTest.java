package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.exec.CommandResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkTest {
    @TempDir
    private Path root;

    private final AtomicInteger started = new AtomicInteger();
    private Network network;

    @BeforeEach
    void start() throws IOException {
        write("proc/net/dev", "Inter-| Receive\n face |bytes\n    lo: 1 2\n br-ext: 3 4\n");
        write("proc/net/route", "Iface\nbr-ext\t00000000\t017100CB\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
        network = new Network(
                command -> {
                    started.incrementAndGet();
                    return new CommandResult.NotStarted("ip", "no such program");
                },
                root.resolve("proc"),
                root);
    }

    private void write(String file, String text) throws IOException {
        var path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    @Test
    void startsNoProcessAsLongAsNothingHasChanged() throws IOException {
        network.surroundings();
        int once = started.get();
        assertThat(once).isPositive();
        network.surroundings();
        network.surroundings();
        assertThat(started).hasValue(once);
        write("proc/net/fib_triestat", "Id 10:\n");
        network.surroundings();
        assertThat(started).hasValueGreaterThan(once);
    }

    @Test
    void itsMarkChangesWithRoutesAndAddressesButNotWithTraffic() throws IOException {
        var mark = network.mark();
        write("proc/net/dev", "Inter-| Receive\n face |bytes\n    lo: 9 9\n br-ext: 9 9\n");
        assertThat(network.mark()).isEqualTo(mark);
        write("proc/net/if_inet6", "20010db8000000000000000000000001 02 40 00 80 br-ext\n");
        var withAddress = network.mark();
        assertThat(withAddress).isNotEqualTo(mark);
        write("proc/net/route", "Iface\neth0\t00000000\t017100CB\t0003\t0\t0\t0\t00000000\t0\t0\t0\n");
        assertThat(network.mark()).isNotEqualTo(withAddress);
        assertThat(started).hasValue(0);
    }

    @Test
    void readsProcIfIpIsMissing() {
        var host = network.surroundings();
        assertThat(host.addresses()).containsKeys("lo", "br-ext");
        assertThat(host.gateways()).singleElement().hasToString("203.0.113.1");
    }

    @Test
    void findsTheResolversBehindALocalStub() throws IOException {
        write("etc/resolv.conf", "search x\nnameserver 127.0.0.53\nnameserver  192.0.2.53\n# nameserver 192.0.2.54\n");
        write("run/systemd/resolve/resolv.conf", "nameserver 10.0.0.53\nnameserver fe80::1%eth0\n");
        assertThat(network.surroundings().resolvers()).map(Object::toString).containsExactly("10.0.0.53", "192.0.2.53");
    }
}
