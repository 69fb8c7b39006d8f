package io.portero.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.Outside;
import io.portero.config.PolicyReader;
import io.portero.policy.AddressRange;
import io.portero.policy.AddressSet;
import io.portero.policy.Policy;
import io.portero.policy.Reference.HostName;
import io.portero.status.NameRow;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AdmittedNameTest {
    private static Policy policy() throws Exception {
        var known = Map.of(
                HostName.of("sip.carrier.example"),
                AddressSet.of(AddressRange.parse("203.0.113.5"), AddressRange.parse("2001:db8:203::5")));
        var text = """
                groups:
                  itsp: [203.0.113.9, sip.carrier.example]
                  bad: [bad.example]
                services:
                  ssh:  { ports: [22/tcp], from: [192.0.2.1, home.example], management: true }
                  sip:  { ports: [5060/udp], from: [itsp] }
                  rtp:  { ports: [40000-50000/udp], from: [itsp] }
                  off:  { ports: [80/tcp], from: [off.example], enabled: false }
                deny: [bad]
                """;
        return switch (new PolicyReader().parse("policy.yaml", text, Outside.keeping(Map.of(), wanted -> known))) {
            case Loaded.Accepted accepted -> accepted.policy();
            case Loaded.Refused refused -> throw new AssertionError(refused.problems());
        };
    }

    private static NameRow row(String name, boolean stale, Optional<String> error) {
        return new NameRow(
                name,
                List.of(),
                1,
                List.of(),
                Optional.of(Instant.EPOCH),
                error.isEmpty() ? Optional.of(125L) : Optional.empty(),
                stale,
                0,
                error);
    }

    @Test
    void listsTheAddressesOfAHostNameAndTheServicesThatAdmitIt() throws Exception {
        assertThat(AdmittedName.of(policy(), List.of()))
                .extracting(n -> n.name() + " " + n.services() + " " + n.whom())
                .containsExactly(
                        "home.example [ssh] nobody: it has no known address",
                        "sip.carrier.example [rtp, sip] 203.0.113.5, 2001:db8:203::5");
    }

    @Test
    void showsTheAgeThatTheRunningAgentKnows() throws Exception {
        var rows = List.of(
                row("sip.carrier.example", true, Optional.empty()),
                row("home.example", false, Optional.of("192.0.2.53 does not answer")));
        assertThat(AdmittedName.of(policy(), rows))
                .extracting(AdmittedName::whom)
                .containsExactly(
                        "nobody: 192.0.2.53 does not answer",
                        "203.0.113.5, 2001:db8:203::5, answered 2m 5s ago, stale");
    }
}
