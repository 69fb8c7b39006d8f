package io.portero.cli;

import io.portero.apply.Firewall;
import io.portero.config.PolicyReader;
import io.portero.names.Resolver;
import io.portero.safety.HostView;
import io.portero.trace.Tracer;
import java.util.List;

/**
 * What commands are given to work with.
 *
 * @param resolver has less patience than the agent's
 * @param daemon runs the agent until it is told to stop
 * @param demo runs the demonstration
 * @param probe serves a demonstration from inside one of its namespaces
 * @param tracer follows packets through the kernel
 */
public record Tools(
        Firewall firewall,
        HostView host,
        PolicyReader reader,
        Resolver resolver,
        Daemon daemon,
        Demo demo,
        Probe probe,
        Tracer tracer) {

    /** Runs until a signal ends it. */
    @FunctionalInterface
    public interface Daemon {
        int run(Locations locations);
    }

    /** Runs to its end. */
    @FunctionalInterface
    public interface Demo {
        int run(boolean colour);
    }

    /** Runs until its input ends. */
    @FunctionalInterface
    public interface Probe {
        int run(List<String> arguments);
    }
}
