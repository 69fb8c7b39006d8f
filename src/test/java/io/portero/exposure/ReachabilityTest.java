package io.portero.exposure;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import org.junit.jupiter.api.Test;

class ReachabilityTest {

    @Test
    void dependsOnAddressesAndNotOnNames() {
        var loaded = new PolicyReader().parse("p.yaml", """
                groups:
                  carrier: [203.0.113.0/24]
                  inside: [203.0.113.128/25]
                  partly: [203.0.113.7, 192.0.2.1]
                  bad: [203.0.113.66]
                  none: []
                services:
                  ssh: { ports: [22/tcp], from: [192.0.2.0/24], management: true }
                  sip: { ports: [5060/udp], from: [carrier] }
                  off: { ports: [1/udp], from: [carrier], enabled: false }
                deny: [bad]
                """);
        assertThat(loaded).isInstanceOfSatisfying(Loaded.Accepted.class, accepted -> {
            var reach = Reachability.of(accepted.policy()).byService();
            assertThat(reach.get("sip")).hasToString("{bad=NONE, carrier=SOME, inside=ALL, none=NONE, partly=SOME}");
            assertThat(reach.get("ssh")).hasToString("{bad=NONE, carrier=NONE, inside=NONE, none=NONE, partly=SOME}");
            assertThat(reach.get("off").values()).containsOnly(Reachability.Part.NONE);
        });
    }
}
