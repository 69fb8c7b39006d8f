package io.portero.exposure;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;

/** Something on this host that takes packets which arrive for a port. */
public sealed interface Listener {

    /** What is dialled to get there. */
    PortRange ports();

    /** Whether nothing but this host itself can get there. */
    boolean isLocal();

    /**
     * A socket of a program in the host's own network namespace.
     *
     * @param address what it is bound to, 0.0.0.0 or :: for all there are
     * @param program empty where it may not be known
     */
    record Socket(PortRange ports, Ip address, String program) implements Listener {
        @Override
        public boolean isLocal() {
            return address.isLoopback();
        }
    }

    /**
     * Ports that a rule of another program passes on, as containers have it.
     *
     * @param address the addresses at which that holds
     * @param to where they lead, in the words of the rule
     */
    record Published(PortRange ports, AddressRange address, String to) implements Listener {
        @Override
        public boolean isLocal() {
            return address.first().isLoopback() && address.last().isLoopback();
        }
    }
}
