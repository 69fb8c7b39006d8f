package io.portero.telephony;

import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import java.util.Optional;

/**
 * Ports that a program is set to use.
 *
 * @param address where it listens; empty for all addresses, and where the setting names none that can be told from outside
 * @param setting the keys that say so, such as {@code rtpstart, rtpend}
 * @param file where they stand, as the program names it; empty when it is the program's own default
 * @param what in words, such as {@code RTP} or {@code the AMI}
 */
public record ConfiguredPorts(
        Use use, PortRange ports, Optional<Ip> address, String what, String setting, String file) {

    /** Whether no packet from outside ever gets there. */
    public boolean isLocal() {
        return address.filter(Ip::isLoopback).isPresent();
    }

    public boolean isDefault() {
        return file.isEmpty();
    }
}
