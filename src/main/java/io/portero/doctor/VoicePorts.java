package io.portero.doctor;

import io.portero.exposure.Listener;
import io.portero.telephony.ConfiguredPorts;
import io.portero.telephony.Installation;
import io.portero.telephony.VoiceProgram;

/** Describes the ports of a telephony program in words. */
final class VoicePorts {
    private VoicePorts() {}

    /** The place of the setting, for the person who must change it. */
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

    /** Whether its ports are ports of this host: of a container with its own network, only the published ports are. */
    static boolean isReached(Installation program, HostState host) {
        return !program.ownNetwork()
                || host.listeners().stream()
                        .filter(Listener.Published.class::isInstance)
                        .anyMatch(l ->
                                program.ports().stream().anyMatch(p -> p.ports().overlaps(l.ports())));
    }

    /** The sources of its media: browsers and phones can be anywhere, a carrier cannot. */
    static String from(VoiceProgram program) {
        return switch (program) {
            case RTPENGINE, COTURN -> "any";
            case ASTERISK, FREESWITCH, KAMAILIO, THREECX -> "GROUP-OF-THE-CARRIER";
        };
    }
}
