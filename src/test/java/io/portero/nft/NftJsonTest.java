package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall.Count;
import io.portero.plan.Snapshot;
import io.portero.plan.TimedMember;
import io.portero.policy.Addresses;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms that nft prints in its versions; NftFirewallIT tests that a whole real table is read. */
class NftJsonTest {
    private static final String HEAD = """
            {"metainfo":{"version":"1.0.6","json_schema_version":1}},{"table":{"family":"inet","name":"portero","handle":1}}""";

    private static Snapshot read(String... objects) {
        return NftJson.snapshot("{\"nftables\":[" + HEAD + "," + String.join(",", objects) + "]}");
    }

    @Test
    void readsMembersInEveryPrintedForm() {
        var set = read("""
                {"set":{"family":"inet","name":"itsp_v4","table":"portero","type":"ipv4_addr","handle":3,"flags":["interval"],
                 "elem":["192.0.2.1",{"prefix":{"addr":"198.51.100.0","len":24}},{"range":["203.0.113.4","203.0.113.9"]},
                 {"elem":{"val":{"prefix":{"addr":"10.0.0.0","len":8}},"comment":"x"}},{"elem":{"val":"192.0.2.7","counter":{"packets":1,"bytes":2}}}]}}""").sets().get("itsp_v4");
        assertThat(set.addresses())
                .isEqualTo(Addresses.of(
                        "192.0.2.1", "198.51.100.0/24", "203.0.113.4-203.0.113.9", "10.0.0.0/8", "192.0.2.7"));
        assertThat(set.flags()).containsExactly("interval");
        assertThat(set.timed()).isEmpty();
    }

    @Test
    void readsMembersWithAndWithoutTimeouts() throws Exception {
        var set = read("""
                {"set":{"family":"inet","name":"banned_v6","table":"portero","type":"ipv6_addr","handle":3,
                 "flags":["timeout","dynamic"],"timeout":3600,
                 "elem":["2001:db8::9",{"elem":{"val":"2001:db8::1","timeout":3600,"expires":59,"comment":"fail2ban"}}]}}""").sets().get("banned_v6");
        assertThat(set.timed())
                .containsExactly(
                        new TimedMember(Ip.parse("2001:db8::9"), Optional.empty(), ""),
                        new TimedMember(Ip.parse("2001:db8::1"), Optional.of(Duration.ofSeconds(59)), "fail2ban"));
        assertThat(set.flags()).containsExactly("timeout");
        assertThat(set.addresses().isEmpty()).isTrue();
    }

    @Test
    void skipsForeignObjectsInOurTable() {
        var snapshot = read("""
                {"set":{"name":"macs","table":"portero","type":["ether_addr","inet_service"],"elem":[{"concat":["00:11:22:33:44:55",5]}]}}""", """
                {"set":{"name":"odd","table":"portero","type":"ipv4_addr","elem":{"not":["a","list"]}}}""", """
                {"map":{"name":"m","table":"portero","type":"inet_service","map":"mark","elem":[[5,6]]}}""", """
                {"quota":{"name":"q","bytes":{"deep":[1,[2,{"x":3}]]}}}""", """
                {"counter":{"name":"after","packets":1,"bytes":2}}""");
        assertThat(snapshot.sets().get("macs").type()).isEqualTo("ether_addr . inet_service");
        assertThat(snapshot.sets().get("macs").addresses().isEmpty()).isTrue();
        assertThat(snapshot.maps().get("m").legible()).isFalse();
        assertThat(snapshot.others()).containsExactly(new Snapshot.Other("quota", "q"));
        assertThat(snapshot.counters()).containsExactly("after");
    }

    /** No nft prints these values, but if it did, reading must not end with a bug. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prefix\":{\"addr\":\"10.0.0.0\",\"len\":33}}",
                "{\"prefix\":{\"addr\":\"2001:db8::\",\"len\":129}}",
                "{\"range\":[\"203.0.113.9\",\"203.0.113.4\"]}",
                "{\"range\":[\"203.0.113.9\",\"2001:db8::\"]}"
            })
    void passesOverMembersThatAreNoRange(String element) {
        var set = read("{\"set\":{\"name\":\"s\",\"type\":\"ipv4_addr\",\"elem\":[%s,\"192.0.2.1\"]}}"
                        .formatted(element))
                .sets()
                .get("s");
        assertThat(set.addresses()).isEqualTo(Addresses.of("192.0.2.1"));
    }

    @Test
    void readsDroppedSourcesWithTheirPortsAndSkipsInvalidPorts() throws Exception {
        var dropped = NftJson.dropped("""
                {"nftables":[{"set":{"name":"dropped.sources_v4","type":["ipv4_addr","inet_proto","inet_service"],"elem":[
                 {"elem":{"val":{"concat":["192.0.2.1",6,22]},"counter":{"packets":3,"bytes":180},"expires":86390}},
                 {"elem":{"val":{"concat":["192.0.2.2",6,70000]},"expires":9}},
                 {"elem":{"val":{"concat":["192.0.2.3",6,0]},"expires":9}},
                 {"elem":{"val":{"concat":["192.0.2.4",17,65535]},"expires":-9223372036854775808}}]}}]}""", Duration.ofDays(1));
        assertThat(dropped)
                .containsExactly(
                        new DroppedSource(
                                Ip.parse("192.0.2.1"),
                                Optional.of(PortRange.parse("22/tcp")),
                                new Count(3, 180),
                                Duration.ofSeconds(10)),
                        new DroppedSource(
                                Ip.parse("192.0.2.4"),
                                Optional.of(PortRange.parse("65535/udp")),
                                new Count(0, 0),
                                Duration.ofDays(1)));
    }

    @Test
    void readsCountersAndSkipsTheRest() {
        assertThat(NftJson.counters("{\"nftables\":[" + HEAD + """
                ,{"set":{"name":"s","elem":["192.0.2.1",{"prefix":{"addr":"10.0.0.0","len":8}}]}},
                {"counter":{"name":"accepted_ssh","packets":3,"bytes":180}}]}"""))
                .containsExactly(java.util.Map.entry("accepted_ssh", new Count(3, 180)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "null", "[]", "{}", "7", "{\"nftables\":{}}", "{\"else\":[]}"})
    void saysThatThereIsNoListOfObjects(String text) {
        assertThatThrownBy(() -> NftJson.snapshot(text))
                .isInstanceOf(Listing.Illegible.class)
                .hasMessage("no list of objects");
    }

    /** The output of a killed child can end anywhere: it must be an error, never half a table. */
    @Test
    void refusesATruncatedListing() {
        var whole = "{\"nftables\":[" + HEAD + """
                ,{"set":{"name":"s","type":"ipv4_addr","flags":["interval"],"elem":["192.0.2.1",{"range":["203.0.113.4","203.0.113.9"]}]}}]}""";
        assertThat(NftJson.snapshot(whole).sets()).containsKey("s");
        for (int end = 1; end < whole.length(); end++) {
            var cut = whole.substring(0, end);
            assertThatThrownBy(() -> NftJson.snapshot(cut)).as(cut).isInstanceOf(Listing.Illegible.class);
        }
    }
}
