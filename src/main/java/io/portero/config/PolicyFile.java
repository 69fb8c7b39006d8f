package io.portero.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of the policy file and their defaults.
 *
 * <p>Values are words. {@link PolicyParser} interprets them, because it can explain an invalid value better than a
 * converter.
 */
@ConfigMapping(prefix = "")
interface PolicyFile {
    @WithDefault("enforce")
    String mode();

    Map<String, Optional<List<String>>> groups();

    Map<String, ServiceKeys> services();

    Optional<List<String>> deny();

    Optional<List<String>> ping();

    Optional<List<String>> trustedInterfaces();

    OutgoingKeys outgoing();

    List<TestKeys> tests();

    SafetyKeys safety();

    AgentKeys agent();

    /** One service. */
    interface ServiceKeys {
        Optional<List<String>> ports();

        Optional<List<String>> from();

        @WithDefault("true")
        String enabled();

        @WithDefault("false")
        String management();

        @WithDefault("cut")
        String onRevoke();

        LimitKeys limit();

        Optional<List<String>> on();

        Optional<List<String>> to();
    }

    /** How much each source may send. */
    interface LimitKeys {
        Optional<String> rate();

        Optional<String> burst();

        Optional<String> ban();
    }

    /** The destinations that this host and its containers may reach. */
    interface OutgoingKeys {
        @WithName("default")
        @WithDefault("accept")
        String otherwise();

        Map<String, OutgoingServiceKeys> services();

        Map<String, OutgoingServiceKeys> refuse();
    }

    /** A service of other hosts. */
    interface OutgoingServiceKeys {
        Optional<List<String>> ports();

        Optional<List<String>> to();

        Optional<List<String>> on();

        @WithDefault("true")
        String enabled();
    }

    /** One policy test. */
    interface TestKeys {
        Optional<String> from();

        Optional<String> to();

        Optional<String> via();

        Optional<String> at();

        Optional<String> port();

        @WithDefault("false")
        String outgoing();

        Optional<String> expect();
    }

    /** The protection against lockout. */
    interface SafetyKeys {
        @WithDefault("true")
        String lockoutGuard();

        @WithDefault("management")
        String confirm();

        @WithDefault("2m")
        String confirmWithin();

        @WithDefault("false")
        String trustUplink();
    }

    /** The settings of the agent itself. */
    interface AgentKeys {
        @WithDefault("30s")
        String reconcileInterval();

        @WithDefault("24h")
        String maxStale();

        Optional<String> nft();

        @WithDefault("auto")
        String sealed();

        MetricsKeys metrics();
    }

    /** The address and the port where the metrics are served. */
    interface MetricsKeys {
        @WithDefault("0.0.0.0")
        String host();

        @WithDefault("9090")
        String port();
    }
}
