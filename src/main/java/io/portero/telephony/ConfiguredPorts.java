package io.portero.telephony;

import io.portero.policy.Ip;
import io.portero.policy.PortRange;
import java.util.Optional;

/**
 * Ports that a program is configured to use.
 *
 * @param address where it listens; empty for all addresses, or if the setting does not show it
 * @param setting the keys of the setting, such as {@code rtpstart, rtpend}
 * @param file the path of the file, as the program names it; empty for the program's default
 * @param what in words, such as {@code RTP} or {@code the AMI}
 */
public record ConfiguredPorts(
        Use use, PortRange ports, Optional<Ip> address, String what, String setting, String file) {

    /** Whether no packet from outside can reach it. */
    public boolean isLocal() {
        return address.filter(Ip::isLoopback).isPresent();
    }

    public boolean isDefault() {
        return file.isEmpty();
    }
}
