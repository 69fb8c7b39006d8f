package io.portero.lists;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portero.policy.AddressSet;
import io.portero.policy.Addresses;
import io.portero.policy.Reference.UrlList;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The formats in which providers publish their networks. */
class ListBodyTest {
    private static AddressSet read(String fragment, String text) throws IOException {
        return ListBody.read(
                new UrlList("https://lists.example/x" + fragment),
                new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "aws-ip-ranges.json | #/prefixes/*/ip_prefix | 198.51.100.0/24, 203.0.113.0/25",
                "aws-ip-ranges.json | #/ipv6_prefixes/*/ipv6_prefix | 2001:db8:a::/48",
                "aws-ip-ranges.json | #/prefixes/1/ip_prefix | 203.0.113.0/25",
                "github-meta.json | #/hooks | 192.0.2.0/26, 2001:db8:b::/48",
                "github-meta.json | #/hooks/* | 192.0.2.0/26, 2001:db8:b::/48",
                "cloudflare.json | #/result/ipv4_cidrs | 192.0.2.0/25, 198.51.100.0/24",
                "cloudflare.json | #/result/ipv6_cidrs | 2001:db8:c::/48",
                "cloudflare-v4.txt | '' | 192.0.2.0/25, 198.51.100.0/24",
                "google.json | #/prefixes/*/ipv4Prefix | 192.0.2.0/24",
                "google.json | #/prefixes/*/ipv6Prefix | 2001:db8:e::/48",
                "spamhaus-drop.txt | '' | 192.0.2.0/24, 198.51.100.0/22",
                "spamhaus-drop.ndjson | #/cidr | 192.0.2.0/24, 198.51.100.0/22",
                "firehol-level1.netset | '' | 0.0.0.0/8, 10.0.0.0/8, 192.0.2.77, 224.0.0.0/3",
                "apiban.json | #/ipaddress | 192.0.2.5, 203.0.113.9",
                "twilio-sip.txt | '' | 203.0.113.0/30, 198.51.100.128/25",
            })
    void readsWhatProvidersPublish(String file, String fragment, String members) throws IOException {
        try (var in = ListBodyTest.class.getResourceAsStream("/lists/" + file)) {
            assertThat(ListBody.read(new UrlList("https://lists.example/" + file + fragment), in))
                    .isEqualTo(Addresses.of(members.split(", ")));
        }
    }

    @Test
    void theReasonNamesTheFirstWrongLine() {
        assertThatThrownBy(() -> read("", "192.0.2.1\n" + "lorem\n".repeat(30)))
                .isInstanceOf(Unfetched.class)
                .hasMessageContaining("line 2: \"lorem\" is not an address");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | <html><body>Sign in</body></html> | a web page, not a list",
                "'' | {\"a\": []} | add a JSON pointer to the addresses after # in its URL",
                "'' | 192.0.2.1 0.0.0.0/0 | line 1: ",
                "'' | 0.0.0.0/0 | is every IPv4 address, which is not allowed in a list",
                "'' | ::/0 | is every IPv6 address, which is not allowed in a list",
                "'' | sip.carrier.example | is a host name",
                "#/a | <html></html> | is not JSON (line 1)",
                "#/a | {} | nothing at /a, which the policy names after #",
                "#/a/*/b | {\"a\": [{\"c\": \"192.0.2.1\"}]} | nothing at /a/*/b",
                "#/a | {\"a\": 7} | neither a string nor an array of strings",
                "#/a | {\"a\": [\"192.0.2.1\", null]} | neither a string nor an array of strings",
                "#/a | {\"a\": {\"b\": \"192.0.2.1\"}} | neither a string nor an array of strings",
                "#/a | {\"a\": [\"192.0.2.1\", \"\"]} | not an address",
                "#/a | {\"a\": [\"192.0.2.1\", \"no new bans\"]} | entry 2: \"no new bans\" is not an address",
                "#/a | {\"a\": [\"192.0.2.1\"] | is not JSON",
            })
    void refusesAsAWholeWhatIsNoList(String fragment, String text, String why) {
        assertThatThrownBy(() -> read(fragment, text))
                .isInstanceOf(Unfetched.class)
                .hasMessageContaining(why);
    }

    @Test
    void refusesAllAddressesWrittenAsTwoHalves() {
        assertThatThrownBy(() -> read("", "0.0.0.0/1\n128.0.0.0/1\n"))
                .hasMessageContaining("all addresses of a family");
    }

    @Test
    void anEmptyListIsAList() throws IOException {
        assertThat(read("", "# nobody today\n")).isEqualTo(AddressSet.EMPTY);
        assertThat(read("#/a", "{\"a\": []}")).isEqualTo(AddressSet.EMPTY);
    }

    @Test
    void pointersUseTheEscapesOfTheirRfc() throws IOException {
        assertThat(read("#/a~1b/m~0n/%20x", "{\"a/b\": {\"m~n\": {\" x\": \"192.0.2.1\"}}}"))
                .isEqualTo(Addresses.of("192.0.2.1"));
        assertThat(JsonPointer.parse("/a~1b/m~0n/").toString()).isEqualTo("/a~1b/m~0n/");
        assertThat(JsonPointer.parse("/").steps()).containsExactly("");
    }

    @Test
    void refusesDeepNestingAndHugeStringsWithoutAnOverflow() {
        assertThatThrownBy(() -> read("#/a", "[".repeat(100_000))).hasMessageContaining("is not JSON");
        assertThatThrownBy(() -> read("#/a", "{\"a\": \"" + "1".repeat(3_000_000) + "\"}"))
                .isInstanceOf(Unfetched.class);
    }
}
