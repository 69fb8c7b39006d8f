package io.portero.exposure;

import io.portero.policy.AddressRange;
import io.portero.policy.Ip;
import io.portero.policy.PortRange;

/** Something on this host that takes packets for a port. */
public sealed interface Listener {

    /** The dialled port or protocol. */
    PortRange ports();

    /** Whether only this host itself can reach it. */
    boolean isLocal();

    /**
     * A socket of a program in the host's own network namespace.
     *
     * @param address the address that it is bound to, 0.0.0.0 or :: for all
     * @param program empty if this process may not see it
     */
    record Socket(PortRange ports, Ip address, String program) implements Listener {
        @Override
        public boolean isLocal() {
            return address.isLoopback();
        }
    }

    /**
     * Published ports, which a rule of another program forwards, usually to a container.
     *
     * @param address the addresses at which they are published
     * @param to the target, as the rule names it
     */
    record Published(PortRange ports, AddressRange address, String to) implements Listener {
        @Override
        public boolean isLocal() {
            return address.first().isLoopback() && address.last().isLoopback();
        }
    }
}
