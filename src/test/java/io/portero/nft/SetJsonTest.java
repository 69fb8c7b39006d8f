package io.portero.nft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.portero.apply.DroppedSource;
import io.portero.apply.Firewall.Count;
import io.portero.plan.Snapshot.ActualSet;
import io.portero.plan.TimedMember;
import io.portero.policy.Addresses;
import io.portero.policy.PortRange;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SetJsonTest {
    private static ActualSet read(String json) throws IOException {
        try (var parser = new ObjectMapper().getFactory().createParser(json)) {
            parser.nextToken();
            return SetJson.set(parser);
        }
    }

    @Test
    void readsAddressesNetworksAndRanges() throws IOException {
        var set = read("""
                {"family": "inet", "name": "itsp_v4", "table": "portero", "type": "ipv4_addr", "flags": ["interval"],
                 "elem": ["192.0.2.1", {"prefix": {"addr": "203.0.113.0", "len": 24}}, {"range": ["10.0.0.1", "10.0.0.9"]}]}""");
        assertThat(set.name()).isEqualTo("itsp_v4");
        assertThat(set.flags()).containsExactly("interval");
        assertThat(set.addresses().ranges())
                .containsExactly(
                        Addresses.range("10.0.0.1-10.0.0.9"),
                        Addresses.range("192.0.2.1"),
                        Addresses.range("203.0.113.0/24"));
    }

    @Test
    void readsTimesAndIgnoresAFlagThatOnlySomeVersionsPrint() throws IOException {
        var set = read("""
                {"name": "banned_v4", "type": "ipv4_addr", "flags": ["timeout", "dynamic"],
                 "elem": [{"elem": {"val": "192.0.2.1", "timeout": 60, "expires": 30}}]}""");
        assertThat(set.flags()).containsExactly("timeout");
        assertThat(set.addresses().isEmpty()).isTrue();
        assertThat(set.timed()).extracting(TimedMember::range).containsExactly(Addresses.range("192.0.2.1"));
    }

    @Test
    void refusesElementsBeforeTheirFlags() {
        assertThatThrownBy(() -> read("""
                {"name": "a_v4", "type": "ipv4_addr", "elem": ["192.0.2.1"], "flags": ["timeout"]}""")).isInstanceOf(Listing.Illegible.class);
    }

    @Test
    void readsDroppedSourcesAndSkipsPortsThatNoPolicyCanName() throws IOException {
        var json = """
                {"name": "dropped.flows_v4", "elem": [
                  {"elem": {"val": {"concat": ["192.0.2.1", 17, 5060]}, "counter": {"packets": 3, "bytes": 99}, "expires": 50}},
                  {"elem": {"val": {"concat": ["192.0.2.1", 17, 0]}, "counter": {"packets": 1, "bytes": 9}}},
                  {"elem": {"val": {"concat": ["192.0.2.1", 1, 8]}, "counter": {"packets": 1, "bytes": 9}}},
                  {"elem": {"val": "no address"}}]}""";
        var found = new ArrayList<DroppedSource>();
        var names = new ArrayList<String>();
        try (var parser = new ObjectMapper().getFactory().createParser(json)) {
            parser.nextToken();
            SetJson.named(parser, Duration.ofSeconds(60), (name, source) -> {
                names.add(name);
                found.add(source);
            });
        }
        assertThat(names).containsExactly("dropped.flows_v4");
        assertThat(found)
                .isEqualTo(List.of(new DroppedSource(
                        Addresses.range("192.0.2.1").first(),
                        Optional.of(port()),
                        new Count(3, 99),
                        Duration.ofSeconds(10))));
    }

    private static PortRange port() {
        try {
            return PortRange.parse("5060/udp");
        } catch (PortRange.NotAPort e) {
            throw new AssertionError(e);
        }
    }
}
