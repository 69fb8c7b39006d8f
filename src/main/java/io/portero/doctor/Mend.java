package io.portero.doctor;

import io.portero.policy.PortRange;
import io.portero.telephony.VoiceProgram;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Commands and policy lines that solve a problem. */
final class Mend {
    private static final String FILE = "/etc/sysctl.d/99-voice.conf";

    private Mend() {}

    /** The command that sets the value now and at every boot. */
    static String sysctl(String key, Object value) {
        return "echo '" + key + " = " + value + "' >> " + FILE + " && sysctl -p " + FILE;
    }

    /** A service for the media of a program. */
    static String service(VoiceProgram program, List<PortRange> ports) {
        return service("voice-" + program.title().toLowerCase(Locale.ROOT), ports, VoicePorts.from(program));
    }

    static String service(String name, List<PortRange> ports, String from) {
        return "services." + name + ": { ports: [" + ports(ports) + "], from: [" + from + "], on-revoke: drain }";
    }

    static String ports(List<PortRange> ports) {
        return ports.stream().map(PortRange::toString).collect(Collectors.joining(", "));
    }
}
