package io.portero.doctor;

import io.portero.exposure.Listener;
import io.portero.telephony.ConfiguredPorts;
import io.portero.telephony.Installation;
import io.portero.telephony.VoiceProgram;

/** What the ports of a telephony program are in words. */
final class VoicePorts {
    private VoicePorts() {}

    /** Where it is set, for who has to change it. */
    static String place(Installation program, ConfiguredPorts ports) {
        if (ports.isDefault()) {
            return ports.setting().isEmpty()
                    ? "its default"
                    : "its default, since " + and(ports) + (ports.setting().contains(",") ? " are" : " is")
                            + " not set";
        }
        return and(ports) + " in " + program.path(ports);
    }

    private static String and(ConfiguredPorts ports) {
        return ports.setting().replace(", ", " and ");
    }

    /** Whether its ports are this host's: a container with a network of its own has only those that are published. */
    static boolean isReached(Installation program, HostState host) {
        return !program.ownNetwork()
                || host.listeners().stream()
                        .filter(Listener.Published.class::isInstance)
                        .anyMatch(l ->
                                program.ports().stream().anyMatch(p -> p.ports().overlaps(l.ports())));
    }

    /** Whom its voice comes from: browsers and phones are anywhere, a carrier is not. */
    static String from(VoiceProgram program) {
        return switch (program) {
            case RTPENGINE, COTURN -> "any";
            case ASTERISK, FREESWITCH, KAMAILIO, THREECX -> "GROUP-OF-THE-CARRIER";
        };
    }
}
