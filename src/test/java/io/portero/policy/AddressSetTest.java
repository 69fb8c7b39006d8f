package io.portero.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressSetTest {
    private static final Random RANDOM = new Random(1);

    private static AddressSet set(String... ranges) throws Ip.NotAnAddress {
        var parsed = new ArrayList<AddressRange>();
        for (var range : ranges) {
            parsed.add(AddressRange.parse(range));
        }
        return AddressSet.of(parsed);
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "192.0.2.7/24, 192.0.2.0/24",
        "192.0.2.64-192.0.2.95, 192.0.2.64/27",
        "192.0.2.64-192.0.2.96, 192.0.2.64-192.0.2.96",
        "0.0.0.0/0, 0.0.0.0/0",
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "2001:db8:0:1:0:0:0:1, 2001:db8:0:1::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "::, ::",
        "::/0, ::/0",
        "2001:db8::ff/120, 2001:db8::/120",
        "2001:db8::-2001:db8:0:0:ffff:ffff:ffff:ffff, 2001:db8::/64",
        "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8"
    })
    void printsTheShortestForm(String written, String printed) throws Ip.NotAnAddress {
        assertThat(AddressRange.parse(written)).hasToString(printed);
    }

    @Test
    void mergesOverlappingAndAdjacentRanges() throws Ip.NotAnAddress {
        assertThat(set("10.0.0.128/25", "10.0.0.0/25", "10.0.0.7", "10.0.1.0-10.0.1.255"))
                .hasToString("10.0.0.0/23");
        assertThat(set("::1", "0.0.0.1", "::2")).hasToString("0.0.0.1, ::1-::2");
        assertThat(set("255.255.255.255", "::")).hasToString("255.255.255.255, ::");
    }

    @Test
    void behavesLikeASetOfSingleAddresses() {
        for (int round = 0; round < 500; round++) {
            var a = randomBits();
            var b = randomBits();
            var setA = ofBits(a);
            var setB = ofBits(b);
            var union = (BitSet) a.clone();
            union.or(b);
            var rest = (BitSet) a.clone();
            rest.andNot(b);
            assertThat(setA.union(setB)).isEqualTo(ofBits(union));
            assertThat(setA.minus(setB)).isEqualTo(ofBits(rest));
            assertThat(setA.containsAll(setB)).isEqualTo(union.equals(a));
            assertThat(setA.union(setB).containsAll(setA)).isTrue();
            assertThat(setA.rangesNotOf(setB))
                    .isEqualTo(setA.ranges().stream()
                            .filter(range -> !setB.ranges().contains(range))
                            .toList());
            assertThat(setA.hosts().union(setA.networks())).isEqualTo(setA);
            assertThat(setA.hostCount()).isEqualTo(setA.hosts().rangeCount());
            assertThat(setB.ranges())
                    .allSatisfy(range -> assertThat(setA.contains(range))
                            .isEqualTo(range.addresses().allMatch(setA::contains)));
            for (int i = 0; i < 64; i++) {
                assertThat(setA.contains(address(i))).isEqualTo(a.get(i));
            }
        }
    }

    @Test
    void countsAsEverythingWithAllAddressesOfOneFamily() throws Ip.NotAnAddress {
        assertThat(set("0.0.0.0/1", "128.0.0.0/1").isEverything()).isTrue();
        assertThat(set("192.0.2.1", "::/0").isEverything()).isTrue();
        assertThat(set("0.0.0.0-255.255.255.254", "::1-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
                        .isEverything())
                .isFalse();
        assertThat(AddressSet.EMPTY.isEverything()).isFalse();
    }

    @Test
    void setsAreEqualOnlyWithTheSameAddresses() throws Ip.NotAnAddress {
        assertThat(set("10.0.0.0/25", "10.0.0.128/25"))
                .isEqualTo(set("10.0.0.0/24"))
                .hasSameHashCodeAs(set("10.0.0.0/24"));
        assertThat(set("10.0.0.0/24")).isNotEqualTo(set("10.0.0.0/23")).isNotEqualTo(set("10.0.0.0-10.0.0.254"));
    }

    private static BitSet randomBits() {
        var bits = new BitSet();
        for (int i = 0; i < 64; i++) {
            bits.set(i, RANDOM.nextBoolean());
        }
        return bits;
    }

    /** The same addresses, divided into random ranges and shuffled. */
    private static AddressSet ofBits(BitSet bits) {
        List<AddressRange> ranges = new ArrayList<>();
        for (int i = bits.nextSetBit(0); i >= 0; i = bits.nextSetBit(i + 1)) {
            int end = i;
            while (end != 31 && bits.get(end + 1) && RANDOM.nextBoolean()) {
                end++;
            }
            ranges.add(new AddressRange(address(i), address(end)));
        }
        Collections.shuffle(ranges, RANDOM);
        return AddressSet.of(ranges);
    }

    /** Addresses of both families, up to the last address. */
    private static Ip address(int index) {
        return index < 32 ? new Ip(Family.V4, 0, 0xffff_ffe0L + index) : new Ip(Family.V6, -1, -64 + index);
    }
}
