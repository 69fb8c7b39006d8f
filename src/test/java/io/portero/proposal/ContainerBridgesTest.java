package io.portero.proposal;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.policy.Hosts;
import io.portero.policy.Surroundings;
import org.junit.jupiter.api.Test;

class ContainerBridgesTest {
    @Test
    void trustsTheUsualBridgeNamesIfTheUplinkHasAnotherName() {
        var host =
                Hosts.with("eth0", "203.0.113.80").route("eth0", "203.0.113.1").host();
        assertThat(new ContainerBridges(host).patterns()).containsExactly("docker0", "br-*", "podman*");
        assertThat(new ContainerBridges(Surroundings.UNKNOWN).patterns()).containsExactly("docker0", "br-*", "podman*");
        assertThat(new ContainerBridges(host).uplinks()).isEmpty();
    }

    @Test
    void listsTheOtherBridgesIfTheUplinkHasSuchAName() {
        var host = Hosts.with("br-ext", "203.0.113.80")
                .and("br-1a2b3c4d5e6f", "172.18.0.1")
                .and("podman1")
                .route("br-ext", "203.0.113.1")
                .host();
        assertThat(new ContainerBridges(host).patterns()).containsExactly("docker0", "br-1a2b3c4d5e6f", "podman*");
        assertThat(new ContainerBridges(host).uplinks()).containsExactly("br-ext");
    }
}
