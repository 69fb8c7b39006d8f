package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Family;
import io.portero.policy.Ip;
import java.util.ArrayList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressesInWordsTest {
    private static final AddressSet ALL =
            AddressSet.of(AddressRange.everything(Family.V4), AddressRange.everything(Family.V6));

    private static AddressSet set(String words) throws Ip.NotAnAddress {
        var ranges = new ArrayList<AddressRange>();
        for (var word : words.split(" ")) {
            ranges.add(AddressRange.parse(word));
        }
        return AddressSet.of(ranges);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "203.0.113.0/24 192.0.2.7               | 192.0.2.7, 203.0.113.0/24",
                "192.0.2.7 2001:db8::7                  | 192.0.2.7, 2001:db8::7",
                "0.0.0.0/0                              | all IPv4 addresses",
                "::/0                                   | all IPv6 addresses",
                "0.0.0.0/0 ::/0                         | all addresses",
                "0.0.0.0/0 2001:db8::7                  | 2001:db8::7, all IPv4 addresses",
                "0.0.0.0/1                              | 0.0.0.0/1",
                "0.0.0.0-9.255.255.255 11.0.0.0-255.255.255.255 ::/0 | all addresses except 10.0.0.0/8",
                "192.0.2.1 192.0.2.3 192.0.2.5 192.0.2.7 192.0.2.9 192.0.2.11 |"
                        + " 192.0.2.1, 192.0.2.3, 192.0.2.5, 192.0.2.7 and 2 more",
            })
    void saysWhatIsInItOrWhatIsNot(String addresses, String words) throws Ip.NotAnAddress {
        assertThat(AddressesInWords.of(set(addresses))).isEqualTo(words);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "192.0.2.66                  | all addresses except 192.0.2.66",
                "10.0.0.0/8 2001:db8::/32    | all addresses except 10.0.0.0/8, 2001:db8::/32",
                "192.0.2.1 192.0.2.3 192.0.2.5 192.0.2.7 192.0.2.9 |"
                        + " all addresses except 192.0.2.1, 192.0.2.3, 192.0.2.5, 192.0.2.7 and 1 more",
            })
    void namesWhatAnAlmostWholeSetLacks(String missing, String words) throws Ip.NotAnAddress {
        assertThat(AddressesInWords.of(ALL.minus(set(missing)))).isEqualTo(words);
    }
}
