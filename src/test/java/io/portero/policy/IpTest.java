package io.portero.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpTest {
    private static Ip ip(String text) {
        return Addresses.range(text).first();
    }

    /** The first and last address of each network that is not routed, and their neighbours. */
    @ParameterizedTest
    @CsvSource({
        "10.0.0.0, 10.255.255.255, 9.255.255.255, 11.0.0.0",
        "172.16.0.0, 172.31.255.255, 172.15.255.255, 172.32.0.0",
        "192.168.0.0, 192.168.255.255, 192.167.255.255, 192.169.0.0",
        "100.64.0.0, 100.127.255.255, 100.63.255.255, 100.128.0.0",
        "169.254.0.0, 169.254.255.255, 169.253.255.255, 169.255.0.0",
        "127.0.0.0, 127.255.255.255, 126.255.255.255, 128.0.0.0",
        "fc00::, fdff:ffff::, fbff:ffff::, fe00::",
        "fe80::, febf:ffff::, fe7f:ffff::, fec0::",
        "::, ::1, ::2, 1::",
        "0.0.0.0, 0.0.0.0, 0.0.0.1, 1.0.0.0"
    })
    void knowsWhichNetworksAreNotOfTheInternet(String first, String last, String before, String after) {
        assertThat(List.of(first, last)).noneMatch(text -> ip(text).isPublic());
        assertThat(List.of(before, after)).allMatch(text -> ip(text).isPublic());
    }

    @Test
    void knowsTheAddressesOfTheHostItself() {
        assertThat(List.of("127.0.0.1", "127.255.255.255", "::1")).allMatch(text -> ip(text).isLoopback());
        assertThat(List.of("126.255.255.255", "128.0.0.0", "0.0.0.1", "::2", "::", "1::1", "0:0:0:1::1"))
                .noneMatch(text -> ip(text).isLoopback());
        assertThat(List.of("0.0.0.0", "::")).allMatch(text -> ip(text).isUnspecified());
        assertThat(List.of("0.0.0.1", "::1", "1::")).noneMatch(text -> ip(text).isUnspecified());
    }

    @Test
    void countsUpAndDownAcrossTheMiddleOfAnAddress() {
        assertThat(ip("2001:db8::ffff:ffff:ffff:ffff").next()).isEqualTo(ip("2001:db8:0:1::"));
        assertThat(ip("2001:db8:0:1::").previous()).isEqualTo(ip("2001:db8::ffff:ffff:ffff:ffff"));
        assertThat(ip("192.0.2.255").next()).isEqualTo(ip("192.0.3.0"));
        assertThat(ip("192.0.3.0").previous()).isEqualTo(ip("192.0.2.255"));
    }

    @ParameterizedTest
    @CsvSource({
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "0:0:0:1:0:0:0:0, 0:0:0:1::",
        "1:0:0:0:0:0:0:0, 1::",
        "0:1:0:1:0:1:0:1, 0:1:0:1:0:1:0:1",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "0:0:3:4:5:6:7:8, ::3:4:5:6:7:8"
    })
    void isPrintedAsRfc5952Says(String written, String printed) {
        assertThat(ip(written)).hasToString(printed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "1",
                "1.2.3",
                "1.2.3.",
                ".1.2.3",
                "1.2.3.4.",
                "1.2.3.4.5",
                "1..2.3",
                "1.2.3.4 ",
                "1.2.3.0004",
                "1.2.3.x",
                "1.2.3.256",
                "999.1.1.1",
                "01.2.3.4",
                "1.2.3.04",
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                "12345::",
                "::1%eth0",
                "1.2.3.4%1",
                "::g",
                "::ffff:10.0.0.1",
                "::ffff:a00:1",
                "\u0661.2.3.4"
            })
    void whatIsNoAddressIsNotReadAsOne(String text) {
        assertThatThrownBy(() -> Ip.parse(text))
                .isInstanceOfSatisfying(
                        Ip.NotAnAddress.class, e -> assertThat(e.getMessage()).isNotBlank());
    }

    @Test
    void distinguishesWordsMeantAsAddressesFromNames() {
        assertThat(List.of("1.2.3", "10.0.0.256", "2001:db8::g", "::", "1", "")).allMatch(Ip::looksLikeOne);
        assertThat(List.of("a.example", "10.example", "1.2.3.4a", "1.2.3.4/8")).noneMatch(Ip::looksLikeOne);
    }

    @Test
    void sortsIpv4BeforeIpv6() {
        assertThat(List.of(
                                ip("fe80::1"),
                                ip("7fff::"),
                                ip("255.255.255.255"),
                                ip("::"),
                                ip("128.0.0.0"),
                                ip("2.0.0.0"),
                                ip("::1"))
                        .stream()
                        .sorted())
                .containsExactly(
                        ip("2.0.0.0"),
                        ip("128.0.0.0"),
                        ip("255.255.255.255"),
                        ip("::"),
                        ip("::1"),
                        ip("7fff::"),
                        ip("fe80::1"));
    }
}
