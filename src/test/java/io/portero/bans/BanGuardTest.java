package io.portero.bans;

import static org.assertj.core.api.Assertions.assertThat;

import io.portero.config.Loaded;
import io.portero.config.PolicyReader;
import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.policy.Policy;
import io.portero.policy.Surroundings;
import io.portero.reconcile.FakeHost;
import io.portero.safety.RememberedPeers;
import io.portero.state.StateDirectory;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BanGuardTest {
    private static final Policy POLICY = ((Loaded.Accepted) new PolicyReader().parse("p.yaml", """
                    groups: { itsp: [203.0.113.0/24] }
                    services:
                      ssh: { ports: [22/tcp], from: [any], management: true }
                      sip: { ports: [5060/udp], from: [itsp] }
                    """)).policy();

    private final FakeHost host = new FakeHost();
    private BanGuard guard;

    @BeforeEach
    void start(@TempDir Path directory) {
        guard = new BanGuard(host, new RememberedPeers(new StateDirectory(directory), Clock.systemUTC()));
    }

    private Optional<String> objection(String what) throws Ip.NotAnAddress {
        return guard.under(POLICY).objection(AddressRange.parse(what));
    }

    @Test
    void sparesLoggedInSourcesAndNotThoseThatOnlyConnect() throws Ip.NotAnAddress {
        host.session("198.51.100.7", 40_000, 22);
        host.handshake("198.51.100.99", 40_001, 22);
        assertThat(objection("198.51.100.7"))
                .hasValueSatisfying(why -> assertThat(why).contains("is logged in at 22/tcp"));
        assertThat(objection("198.51.100.99")).isEmpty();
        assertThat(objection("198.51.100.0/24"))
                .hasValueSatisfying(why -> assertThat(why).endsWith("and 198.51.100.0/24 holds it"));
    }

    @Test
    void sparesSourcesThatAServiceAdmitsByName() throws Ip.NotAnAddress {
        assertThat(objection("203.0.113.7"))
                .hasValue("203.0.113.7 is admitted by name in services.sip.from (group itsp)");
        assertThat(objection("203.0.0.0/16"))
                .hasValueSatisfying(why -> assertThat(why).contains("holds addresses that are admitted by name"));
        assertThat(objection("192.0.2.99")).isEmpty();
    }

    /** Sources of UDP can be forged, so that a log scanner bans whom an attacker wants. */
    @Test
    void sparesTheResolversOfThisHost() throws Ip.NotAnAddress {
        host.surroundings(new Surroundings(new TreeMap<>(), List.of(), new TreeSet<>(List.of(Ip.parse("192.0.2.53")))));
        assertThat(objection("192.0.2.53")).hasValue("192.0.2.53 is a resolver of this host");
        assertThat(objection("192.0.2.0/24"))
                .hasValue("192.0.2.53 is a resolver of this host, and 192.0.2.0/24 holds it");
        assertThat(objection("192.0.2.99")).isEmpty();
    }

    @Test
    void sparesMoreAddressesThanAnybodyMeans() throws Ip.NotAnAddress {
        assertThat(objection("0.0.0.0/1"))
                .hasValueSatisfying(why -> assertThat(why).isNotEmpty());
        assertThat(objection("64.0.0.0/7")).hasValue("64.0.0.0/7 is wider than a /8");
        assertThat(objection("64.0.0.0-65.0.0.0")).hasValue("64.0.0.0-65.0.0.0 is wider than a /8");
        assertThat(objection("64.0.0.0/8")).isEmpty();
        assertThat(objection("2a00::/15")).hasValue("2a00::/15 is wider than a /16");
        assertThat(objection("8000::/1")).hasValue("8000::/1 is wider than a /16");
        assertThat(objection("2a00::/16")).isEmpty();
    }

    @Test
    void readsTheHostOnceForAnyNumberOfAddresses() throws Ip.NotAnAddress {
        var hearing = guard.under(POLICY);
        for (int i = 0; i < 100; i++) {
            hearing.objection(AddressRange.parse("192.0.2." + i));
        }
        assertThat(host.asked).isEqualTo(1);
    }
}
