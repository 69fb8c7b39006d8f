package io.portero.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelSignsTest {
    @TempDir
    private Path directory;

    private void write(String file, String text) throws IOException {
        var path = directory.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private KernelSigns signs() {
        return new KernelSigns(directory.resolve("proc"), directory.resolve("sys"), directory);
    }

    @Test
    void readsModulesSettingsCountersBridgesAndAnycast() throws IOException {
        write("proc/modules", "nf_nat_sip 20480 0 - Live 0x0\nnf_conntrack_sip 40960 1 nf_nat_sip, Live 0x0\n");
        write("proc/sys/net/netfilter/nf_conntrack_udp_timeout_stream", "120\n");
        write("proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n");
        write("proc/sys/net/ipv4/ip_local_reserved_ports", "\n");
        write("proc/net/snmp", """
                Ip: Forwarding DefaultTTL ReasmReqds ReasmFails
                Ip: 1 64 900 50
                Udp: InDatagrams RcvbufErrors
                Udp: 1000 7
                """);
        write("proc/net/snmp6", "Ip6ReasmFails                   \t3\nUdp6RcvbufErrors\t4\n");
        write("proc/net/stat/nf_conntrack", """
                entries  clashres found new invalid drop early_drop
                0000000a  00000000 00000000 00000000 00000000 0000000f 00000001
                0000000a  00000000 00000000 00000000 00000000 00000001 00000000
                """);
        write("proc/net/anycast6", """
                2    eth0            20010db8000100000000000000000000     1
                2    eth0            fe800000000000000000000000000000     1
                """);
        Files.createDirectories(directory.resolve("sys/class/net/br0/bridge"));
        Files.createDirectories(directory.resolve("sys/class/net/eth0"));

        var kernel = signs().read();
        assertThat(kernel.modules()).containsExactlyInAnyOrder("nf_nat_sip", "nf_conntrack_sip");
        assertThat(kernel.settings())
                .containsEntry("net.netfilter.nf_conntrack_udp_timeout_stream", 120L)
                .containsEntry("net.ipv4.ip_local_port_range.first", 32_768L)
                .containsEntry("net.ipv4.ip_local_reserved_ports.any", 0L)
                .doesNotContainKey("net.netfilter.nf_conntrack_helper");
        assertThat(kernel.counters())
                .containsEntry("Ip.ReasmFails", 50L)
                .containsEntry("Ip6.ReasmFails", 3L)
                .containsEntry("Udp.RcvbufErrors", 7L)
                .containsEntry("Udp6.RcvbufErrors", 4L)
                .containsEntry("conntrack.drop", 16L)
                .containsEntry("conntrack.early_drop", 1L);
        assertThat(kernel.bridges()).containsExactly("br0");
        assertThat(kernel.anycast()).singleElement().hasToString("2001:db8:1::");
    }

    @Test
    void readsAHostWithoutAnyFiles() {
        var kernel = signs().read();
        assertThat(kernel.modules()).isEmpty();
        assertThat(kernel.counters()).isEmpty();
    }

    @Test
    void readsTheRunningKernel() {
        var kernel = new KernelSigns(Path.of("/proc"), Path.of("/sys"), directory).read();
        assertThat(kernel.counters()).containsKeys("Ip.ReasmFails", "Udp.RcvbufErrors");
        assertThat(kernel.settings()).containsKeys("net.ipv4.ip_forward", "net.ipv4.ip_local_port_range.last");
    }

    /** An upgrade of the kernel may remove the modules of the running one. */
    @Test
    void knowsWhetherTheRunningKernelStillHasItsModules() throws IOException {
        write("proc/sys/kernel/osrelease", "6.1.0-18-amd64\n");
        write("proc/modules", "nf_tables 315392 0 - Live 0x0\n");
        assertThat(signs().read().withoutModules()).as("a container").isEmpty();
        write("lib/modules/6.1.0-26-amd64/modules.dep", "");
        assertThat(signs().read().withoutModules()).contains("6.1.0-18-amd64");
        write("lib/modules/6.1.0-18-amd64/modules.dep", "");
        assertThat(signs().read().withoutModules()).isEmpty();
    }
}
