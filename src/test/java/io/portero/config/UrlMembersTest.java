package io.portero.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.AddressSet;
import io.portero.policy.Addresses;
import io.portero.policy.Policy;
import io.portero.policy.Reference.UrlList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lists on the web as members in a policy. */
class UrlMembersTest {
    private static final UrlList DROP = new UrlList("https://lists.example/drop.txt");

    private static String policy(String word, String more) {
        return """
                groups: { blocklist: ["%s"] }
                services: { ssh: { ports: [22/tcp], from: [any], management: true } }
                deny: [blocklist]
                %s
                """.formatted(word, more);
    }

    private static Loaded parse(String word, String more, Map<UrlList, AddressSet> known) {
        return new PolicyReader()
                .parse(
                        "p.yaml",
                        policy(word, more),
                        Outside.strict(n -> Map.of()).knowing(known));
    }

    private static Policy accepted(Loaded loaded) {
        assertThat(loaded).as(loaded.problems().toString()).isInstanceOf(Loaded.Accepted.class);
        return ((Loaded.Accepted) loaded).policy();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url:https://lists.example/drop.txt | https://lists.example/drop.txt | lists.example/drop.txt",
                "url:https://Lists.Example | https://lists.example/ | lists.example",
                "url:https://a.example:8443/x?a=1,2 | https://a.example:8443/x?a=1,2 | a.example:8443/x~6a92",
                "url:https://apiban.example/api/0123abcd/banned#/ipaddress | https://apiban.example/api/0123abcd/banned#/ipaddress"
                        + " | apiban.example/.../banned#/ipaddress~433a",
                "url:https://a.example/0123456789abcdef0123456789abcdef | https://a.example/0123456789abcdef0123456789abcdef"
                        + " | a.example/...~a37d",
                "url:https://192.168.1.5/x | https://192.168.1.5/x | 192.168.1.5/x",
                "url:https://[fd00::5]/x | https://[fd00::5]/x | [fd00::5]/x",
            })
    void namesAListAndHidesWhatMayBeAKey(String word, String address, String shown) {
        assertThat(accepted(parse(word, "", Map.of())).urlLists().firstKey()).satisfies(list -> {
            assertThat(list.address()).isEqualTo(address);
            assertThat(list).hasToString(shown);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "url:http://lists.example/x | is not safe, because anybody on the path could change the list;"
                        + " write https://",
                "https://lists.example/x | write url:https://HOST/PATH",
                "url:lists.example/x | is not the URL of a list; write url:https://HOST/PATH",
                "url: | is not the URL of a list",
                "url:ftp://lists.example/x | is not the URL of a list; write url:https://HOST/PATH",
                "url:https:///x | is not the URL of a list",
                "url:https://lists.example/a b | is malformed; write url:https://HOST/PATH",
                "url:https://me:secret@lists.example/x | holds a user or a password, which Portero does not send",
                "url:https://lists.example:99999/x | has no port from 1 to 65535",
                "url:https://lists/x | has no host",
                "url:https://192.168.1/x | is not the URL of a list",
                "url:https://lists.example/x#prefixes | has no JSON pointer after #",
                "url:https://lists.example/x# | has no JSON pointer after #",
                "url:https://lists.example/x#/a~2 | has no JSON pointer after #",
            })
    void refusesWhatNamesNoList(String word, String why) {
        var loaded = parse(word, "", Map.of());
        assertThat(loaded).isInstanceOf(Loaded.Refused.class);
        assertThat(loaded.problems()).singleElement().satisfies(p -> {
            assertThat(p.toString())
                    .startsWith("p.yaml:1: groups.blocklist: a URL here ")
                    .contains(why)
                    .doesNotContain("secret");
        });
    }

    @Test
    void aListThatWasNeverFetchedIsOnlyAWarningEvenInDeny() {
        var loaded = parse("url:https://lists.example/drop.txt", "", Map.of());
        assertThat(accepted(loaded).group("blocklist").addresses()).isEqualTo(AddressSet.EMPTY);
        assertThat(loaded.problems().toString())
                .contains("lists.example/drop.txt was never fetched; until then it matches no address, and its"
                        + " sources are not denied");
    }

    @Test
    void anEmptyFetchedListIsNoWarning() {
        assertThat(parse("url:https://lists.example/drop.txt", "", Map.of(DROP, AddressSet.EMPTY))
                        .problems())
                .isEmpty();
    }

    @Test
    void hasItsLastFetchedMembers() {
        var known = Map.of(DROP, Addresses.of("192.0.2.0/24"));
        var policy = accepted(parse("url:https://lists.example/drop.txt", "", known));
        assertThat(policy.group("blocklist").addresses()).isEqualTo(Addresses.of("192.0.2.0/24"));
        assertThat(policy.places(DROP)).containsExactly("blocklist");
        assertThat(policy.with(Map.of()).group("blocklist").addresses()).isEqualTo(AddressSet.EMPTY);
    }

    @Test
    void aTestThatDependsOnTheListIsAWarningUntilItIsFetched() {
        var test = "tests: [{ from: 192.0.2.7, to: 22/tcp, expect: drop }]";
        var loaded = parse("url:https://lists.example/drop.txt", test, Map.of());
        assertThat(accepted(loaded).tests()).hasSize(1);
        assertThat(loaded.problems().toString()).contains("cannot be decided");
        accepted(parse("url:https://lists.example/drop.txt", test, Map.of(DROP, Addresses.of("192.0.2.0/24"))));
        assertThat(parse("url:https://lists.example/drop.txt", test, Map.of(DROP, Addresses.of("203.0.113.0/24"))))
                .isInstanceOf(Loaded.Refused.class);
    }
}
