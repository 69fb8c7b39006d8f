package io.portero.names;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.AddressSet;
import io.portero.policy.Addresses;
import io.portero.policy.Reference.HostName;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesJsonTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final HostName SIP = new HostName("sip.example");

    @Test
    void isReadBackAsItWasWritten() {
        var known = Known.remembered(
                AddressSet.of(Addresses.range("192.0.2.7"), Addresses.range("2001:db8::7")),
                Optional.of(NOW.minusSeconds(60)),
                3,
                Optional.of(NOW.minusSeconds(90)),
                NOW);
        assertThat(NamesJson.read(NamesJson.text(Map.of(SIP, known)), NOW)).isEqualTo(Map.of(SIP, known));
    }

    @Test
    void anInvalidEntryCountsAsNeverResolved() {
        var text = "{\"SIP.example.\": {\"answered\": \"yesterday\", \"addresses\": [\"no address\", \"127.0.0.1\"]}}";
        assertThat(NamesJson.read(text, NOW))
                .isEqualTo(Map.of(SIP, Known.remembered(AddressSet.EMPTY, Optional.empty(), 0, Optional.empty(), NOW)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "7"})
    void knowsNothingOfWhatCannotBeRead(String text) {
        assertThat(NamesJson.read(text, NOW)).isEmpty();
    }
}
